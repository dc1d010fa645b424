"""Scenes of 64 x 64 pixels with squares, circles, triangles and letters that may overlap, their
boxes and visible parts, and regions that a search for things proposes. Writes train.npz, held.npz,
and samples.npy and regions.npy, twelve held-out images with three or four shapes and their regions.
"""

from pathlib import Path

import numpy as np
from skimage.segmentation import felzenszwalb
from skimage.transform import resize

root = Path(__file__).parent
SIZE, MOST, REGIONS = 64, 4, 32


def shape(kind, side, letters, random):
    """Returns where a shape is, as a square of booleans."""
    y, x = (np.mgrid[:side, :side] + 0.5) / side
    if kind == 0:
        return np.ones((side, side), bool)
    if kind == 1:
        return (x - 0.5) ** 2 + (y - 0.5) ** 2 <= 0.25
    if kind == 2:
        return np.abs(x - 0.5) <= y / 2
    glyph = letters[random.integers(len(letters))]
    rows, columns = np.where(glyph.any(1))[0], np.where(glyph.any(0))[0]
    glyph = glyph[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1].astype(float)
    width = max(6, round(side * glyph.shape[1] / glyph.shape[0]))
    return resize(glyph, (side, min(width, 2 * side)), anti_aliasing=True) > 0.4


def colour(others, random):
    """Returns a colour that none of the others is near to."""
    while True:
        c = random.integers(0, 16, 3) * 17
        if all(np.abs(c - o).sum() > 160 for o in others):
            return c


def attempt(letters, random):
    """Returns the number of the shape that each pixel belongs to, and kinds and colours."""
    owner = np.zeros((SIZE, SIZE), np.uint8)
    kinds, colours = [], [random.integers(0, 16, 3) * 17]
    for i in range(random.integers(1, MOST + 1)):
        kind = random.integers(4)
        part = shape(kind, int(random.integers(12, 31)), letters, random)
        h, w = part.shape
        if w >= SIZE - 2:
            return None
        y, x = random.integers(1, SIZE - h), random.integers(1, SIZE - w)
        owner[y:y + h, x:x + w][part] = i + 1
        kinds.append((kind, part.sum()))
        colours.append(colour(colours, random))
    return owner, kinds, colours


def scene(letters, random):
    """Returns image, boxes and owners; of each shape at least 70 % are visible."""
    while True:
        made = attempt(letters, random)
        if made is None:
            continue
        owner, kinds, colours = made
        boxes = np.full((MOST, 5), -1, np.int8)
        boxes[:, :4] = 0
        for i, (kind, area) in enumerate(kinds):
            y, x = np.where(owner == i + 1)
            if len(y) < 0.7 * area:
                break
            boxes[i] = x.min(), y.min(), x.max() + 1, y.max() + 1, kind
        else:
            return np.array(colours, np.uint8)[owner].transpose(2, 0, 1), boxes, owner


def regions(image, random):
    """Returns boxes of segments of the noisy image and of what they become when the most similar
    neighbours are joined step by step: selective search (Uijlings et al., 2013) in short.
    """
    noisy = image.transpose(1, 2, 0) / 255 + random.normal(0, 0.1, (SIZE, SIZE, 3))
    found = []
    for scale in (50, 200):
        labels = felzenszwalb(noisy, scale=scale, sigma=0.8, min_size=25)
        parts = {}
        for number in range(labels.max() + 1):
            y, x = np.where(labels == number)
            box = (x.min(), y.min(), x.max() + 1, y.max() + 1)
            parts[number] = [len(y), noisy[y, x].mean(0), box]
        beside = {tuple(sorted(p)) for a, b in ((labels[1:], labels[:-1]),
                                                (labels[:, 1:], labels[:, :-1]))
                  for p in zip(a[a != b].tolist(), b[a != b].tolist())}
        found += [p[2] for p in parts.values()]
        while beside:
            a, b = min(beside, key=lambda p: (
                np.abs(parts[p[0]][1] - parts[p[1]][1]).sum()
                + (parts[p[0]][0] + parts[p[1]][0]) / SIZE**2))
            (m, c, s), (n, d, t) = parts[a], parts.pop(b)
            box = (min(s[0], t[0]), min(s[1], t[1]), max(s[2], t[2]), max(s[3], t[3]))
            parts[a] = [m + n, (m * c + n * d) / (m + n), box]
            found.append(box)
            beside = {tuple(sorted(a if x == b else x for x in p)) for p in beside}
            beside = {p for p in beside if p[0] != p[1]}
    boxes = [b for b in dict.fromkeys(found)
             if 6 <= b[2] - b[0] <= 48 and 6 <= b[3] - b[1] <= 48]
    out = np.zeros((REGIONS, 4), np.int8)
    picked = boxes if len(boxes) <= REGIONS else [
        boxes[i] for i in sorted(random.permutation(len(boxes))[:REGIONS])]
    if picked:
        out[:len(picked)] = picked
    return out


def write(name, count, seed):
    """Writes so many scenes with letters in the faces of the set of this name."""
    file = np.load(root.parent / "letters" / f"{name}.npz")
    letters = file["image"][file["label"] >= 10, 0] > 127
    random = np.random.default_rng(seed)
    scenes = [scene(letters, random) for _ in range(count)]
    image, boxes, owner = (np.stack(x) for x in zip(*scenes))
    proposed = np.stack([regions(i, random) for i in image])
    np.savez_compressed(root / f"{name}.npz", image=image, box=boxes, owner=owner, region=proposed)


if __name__ == "__main__":
    write("held", 500, 2)
    write("train", 2000, 1)
    (root / "few").mkdir(exist_ok=True)
    for name, count in (("train", 200), ("held", 40)):
        file = np.load(root / f"{name}.npz")
        few = {field: file[field][:count] for field in file.files}
        np.savez_compressed(root / "few" / f"{name}.npz", **few)
    held = np.load(root / "held.npz")
    many = (held["box"][..., 4] >= 0).sum(1) >= 3
    np.save(root / "samples.npy", held["image"][many][:12])
    np.save(root / "regions.npy", held["region"][many][:12])
