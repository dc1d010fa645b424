"""Draws scenes: a figure of a size, a colour and a kind, somewhere on a dark ground, with a caption.

Needs numpy. A caption has four words, as "large red circle left"; words.txt lists the words in the order
of their numbers. A quarter of the 96 captions is held out, such that any two words occur together in others.
Writes train.npz and held.npz: image u8[N, 3, 16, 16] and word u8[N, 4].
"""

import itertools
import pathlib

import numpy as np

here = pathlib.Path(__file__).parent
sizes = ("small", "large")
colours = ("red", "green", "blue", "yellow")
kinds = ("circle", "square", "triangle")
places = ("left", "right", "top", "bottom")
words = sizes + colours + kinds + places
light = {"red": (230, 40, 40), "green": (40, 200, 60), "blue": (60, 80, 240), "yellow": (240, 220, 50)}
middle = {"left": (-3.5, 0), "right": (3.5, 0), "top": (0, -3.5), "bottom": (0, 3.5)}
generator = np.random.default_rng(0)


def scene(size, colour, kind, place):
    radius = {"small": 2.4, "large": 4.2}[size] * generator.uniform(0.9, 1.1)
    x0, y0 = middle[place] + generator.uniform(-1, 1, 2) + 7.5
    # 4 x 4 points in each pixel make soft edges.
    y, x = (np.mgrid[:64, :64] - 1.5) / 4 - np.array([y0, x0])[:, None, None]
    if kind == "circle":
        inside = x**2 + y**2 < radius**2
    elif kind == "square":
        inside = np.maximum(abs(x), abs(y)) < 0.87 * radius
    else:
        inside = (y < 0.8 * radius) & (2.0 * abs(x) < y + 1.2 * radius)
    share = inside.reshape(16, 4, 16, 4).mean((1, 3))
    brightness = generator.uniform(0.85, 1)
    pixels = 20 + share * (np.array(light[colour])[:, None, None] * brightness - 20)
    return np.round(pixels / 5).astype(np.uint8) * 5


splits = {"train": ([], []), "held": ([], [])}
for caption in itertools.product(sizes, colours, kinds, places):
    is_held = (sum(words.index(word) for word in caption) + 1) % 4 == 0
    images, numbers = splits["held" if is_held else "train"]
    for _ in range(6 if is_held else 12):
        images.append(scene(*caption))
        numbers.append([words.index(word) for word in caption])

for split, (images, numbers) in splits.items():
    np.savez_compressed(
        here / f"{split}.npz", image=np.stack(images), word=np.array(numbers, np.uint8)
    )
(here / "words.txt").write_text("\n".join(words) + "\n")
