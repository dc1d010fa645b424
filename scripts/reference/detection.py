"""Boxes of detectors: anchors, matching, coding, losses, RoI max pooling as torchvision has them,
and average precision as pycocotools computes it; values and gradients in f64.
"""

import contextlib
import io

import numpy as np
import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from torchvision import ops
from torchvision.models.detection import _utils, anchor_utils, image_list

from common import Numbers, case, differentiate, write

numbers = Numbers(seed=21)
cases = []


def add(name, kind, function, inputs, gradient=True, **attributes):
    """Adds a case; without `gradient` all gradients are 0."""
    attributes = {"kind": kind, **attributes}
    if gradient:
        y, seed, gradients = differentiate(function, inputs, {}, numbers)
    else:
        y = function(*inputs.values()).to(torch.float64)
        seed, gradients = numbers.normal(*y.shape), {}
    cases.append(case(name, attributes, inputs, {}, {"y": y}, {"y": seed}, gradients))


def boxes(*shape, size=10):
    """Returns boxes of which many overlap."""
    low = numbers.positive(*shape, 2) * size
    return torch.cat([low, low + numbers.positive(*shape, 2) * size / 2], -1)


# Anchors: those of Faster R-CNN and those of SSD.
generator = anchor_utils.AnchorGenerator(((32, 64),), ((0.5, 1.0, 2.0),))
add("anchors", "anchors",
    lambda x: x + generator(
        image_list.ImageList(torch.zeros(1, 3, 48, 64), [(48, 64)]), [torch.zeros(1, 1, 3, 4)])[0],
    {"a": numbers.normal(1)}, rows=3, columns=4, stride=16, sizes=[32, 64], ratios=[0.5, 1, 2],
    rounded=True, offset=0)
centres = torch.cartesian_prod(torch.arange(2), torch.arange(3)).flip(1) + 0.5
halves = torch.tensor([[s / r**0.5, s * r**0.5] for r in (1, 3) for s in (2, 5)]) / 2
add("default boxes", "anchors",
    lambda x: x + torch.cat([(8 * centres)[:, None] - halves, (8 * centres)[:, None] + halves], 2)
    .reshape(-1, 4),
    {"a": numbers.normal(1)}, rows=2, columns=3, stride=8, sizes=[2, 5], ratios=[1, 3],
    rounded=False, offset=0.5)

# Matching.
for each in (False, True):
    for above, below in ((0.5, 0.5), (0.4, 0.2)):
        def match(a, b, above=above, below=below, each=each):
            return _utils.Matcher(above, below, each)(ops.box_iou(a, b))
        add(f"matches {above} {below}" + (", each" if each else ""), "matches", match,
            {"a": boxes(5), "b": boxes(40)}, gradient=False, above=above, below=below, each=each)
losses, positives = numbers.distinct(3, 12), numbers.normal(3, 12) > 0.7


def hard(losses, positives):
    """SSD's choice in torchvision."""
    loss = losses.clone()
    loss[positives > 0] = -float("inf")
    order = loss.sort(1, descending=True)[1].sort(1)[1]
    return (order < 3 * (positives > 0).sum(1, keepdim=True)) & ~(positives > 0)


add("hard negatives", "hard", hard, {"a": losses, "b": positives.to(torch.float64)}, gradient=False)

# Offsets.
for weights in ([1, 1, 1, 1], [10, 10, 5, 5]):
    coder = _utils.BoxCoder(weights)
    add(f"encoded {weights[0]}", "encoded",
        lambda a, b, c=coder: _utils.encode_boxes(a, b, torch.tensor(c.weights)),
        {"a": boxes(6), "b": boxes(6)}, weights=weights)
    add(f"decoded {weights[0]}", "decoded", lambda a, b, c=coder: c.decode_single(a, b),
        {"a": numbers.normal(6, 4, scale=8), "b": boxes(6)}, weights=weights)
add("corners", "corners", lambda a: ops.box_convert(a, "cxcywh", "xyxy"), {"a": boxes(4)})
add("middles", "middles", lambda a: ops.box_convert(a, "xyxy", "cxcywh"), {"a": boxes(4)})
add("clipped", "clipped", lambda a: ops.clip_boxes_to_image(a, (11, 13)), {"a": boxes(9) - 4})

# Losses.
for alpha in (0.25, -1):
    for gamma in (2, 1.5):
        add(f"focal loss {alpha} {gamma}", "focal",
            lambda x, t, a=alpha, g=gamma: ops.sigmoid_focal_loss(
                x, torch.sigmoid(t), a, g, "mean"),
            {"a": numbers.normal(4, 5, scale=2), "b": numbers.normal(4, 5)},
            alpha=alpha, gamma=gamma)
for form, loss in (("generalized", ops.generalized_box_iou_loss),
                   ("distance", ops.distance_box_iou_loss),
                   ("complete", ops.complete_box_iou_loss)):
    for reduction in ("mean", "none"):
        add(f"{form} overlap loss, {reduction}", "overlap",
            lambda a, b, f=loss, r=reduction: f(a, b, reduction=r),
            {"a": boxes(7), "b": boxes(7)}, form=form, reduction=reduction)

# RoI max pooling.
for scale, size in ((1.0, (2, 2)), (0.5, (3, 2)), (0.25, (4, 3))):
    regions = boxes(5, size=6 / scale)
    regions[0] = torch.tensor([-6.0, -3, 40, 50])
    regions[1] = torch.tensor([2.0, 3, 2.5, 3.25])
    regions[2] = torch.tensor([90.0, 80, 99, 99])

    def pool(x, r, i, d, scale=scale, size=size):
        rows = torch.cat([i[:, None], r], 1).detach()
        return ops.roi_pool(x, rows, size, scale) + 0 * d

    add(f"roi_pool {scale}", "roi_pool", pool,
        {"a": numbers.distinct(2, 3, 9, 7), "b": regions,
         "c": numbers.integers(2, 5).to(torch.float64), "d": numbers.normal(1)},
        scale=scale, size=list(size))
    for name in ("b", "c", "d"):
        cases[-1]["gradients"].pop(name, None)


# Average precision.
def quiet(function, *arguments):
    """Calls without what pycocotools prints."""
    with contextlib.redirect_stdout(io.StringIO()):
        return function(*arguments)


def precision(found, scores, kinds, there, classes):
    """Returns pycocotools' average precision, [overlaps, classes]; -1 without objects."""
    def entry(image, box, kind, number):
        x, y, u, v = (float(s) for s in box)
        return {"id": number, "image_id": image, "category_id": kind, "bbox": [x, y, u - x, v - y],
                "area": (u - x) * (v - y), "iscrowd": 0}

    truth, results = [], []
    for image in range(len(found)):
        for *box, kind in there[image].tolist():
            if kind >= 0:
                truth.append(entry(image, box, int(kind), len(truth) + 1))
        for box, score, kind in zip(found[image].tolist(), scores[image].tolist(),
                                    kinds[image].tolist()):
            if kind >= 0:
                results.append({**entry(image, box, int(kind), len(results) + 1), "score": score})
    coco = COCO()
    coco.dataset = {"images": [{"id": i} for i in range(len(found))], "annotations": truth,
                    "categories": [{"id": c} for c in range(classes)], "info": {}}
    quiet(coco.createIndex)
    evaluation = COCOeval(coco, quiet(coco.loadRes, results), "bbox")
    quiet(evaluation.evaluate)
    quiet(evaluation.accumulate)
    each = evaluation.eval["precision"][:, :, :, 0, -1]
    return torch.tensor(each.mean(1))


def scenes(images, most, limit, classes, shift):
    """Returns objects of images and what a detector may have found, as tensors."""
    random = np.random.default_rng(5)
    there = np.full((images, most, 5), -1.0)
    there[..., :4] = 0
    found = np.zeros((images, limit, 4))
    scores, kinds = np.zeros((images, limit)), np.full((images, limit), -1.0)
    for image in range(images):
        count = random.integers(0, most + 1)
        low = random.uniform(0, 40, (count, 2))
        there[image, :count, :2], there[image, :count, 2:4] = low, low + random.uniform(
            8, 24, (count, 2))
        there[image, :count, 4] = random.integers(0, classes, count)
        guesses = random.integers(0, limit + 1)
        for i in range(guesses):
            box = np.sort(random.uniform(0, 60, (2, 2)), 0).reshape(-1) + [0, 0, 4, 4]
            kind = random.integers(0, classes)
            if count and random.random() < 0.8:
                near = there[image, random.integers(0, count)]
                box = near[:4] + random.normal(size=4) * shift
                kind = near[4] if random.random() < 0.9 else kind
            found[image, i], kinds[image, i] = box, kind
            scores[image, i] = random.random()
    return [torch.tensor((x * 256).round() / 256) for x in (found, scores, kinds, there)]


for name, classes, shift in (("average precision", 3, 1.5), ("with an empty class", 4, 0.8)):
    found, scores, kinds, there = scenes(30, 5, 9, 3, shift)
    add(name, "precision", lambda a, b, c, d, n=classes: precision(a, b, c, d, n),
        {"a": found, "b": scores, "c": kinds, "d": there}, gradient=False, classes=classes)

write("detection", cases)
