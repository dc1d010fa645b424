"""Operations on positions, orders and running results, and boxes: values and gradients in f64."""

import torch
from torchvision import ops

from common import Numbers, case, write

numbers = Numbers(seed=7)
cases = []


def add(name, op, function, inputs, nan=(), **attributes):
    """Adds a case; `function` returns a tensor, positions, or a pair of both.

    The elements of `x` that `nan` counts are not a number; the case stores 0 and says where. Such a
    case keeps positions only.
    """
    leaves = {n: v.clone() for n, v in inputs.items()}
    for place in nan:
        leaves["x"].view(-1)[place] = float("nan")
    for leaf in leaves.values():
        leaf.requires_grad_(leaf.is_floating_point())
    results = function(*leaves.values())
    results = results if isinstance(results, tuple) else (results,)
    outputs, seeds, gradients = {}, {}, {}
    for y in results:
        if not y.is_floating_point():
            outputs["positions"] = y.to(torch.int64)
        elif not nan:
            outputs["y"] = y.detach()
            seeds["y"] = torch.ones(()) if y.dim() == 0 else numbers.normal(*y.shape)
            if y.requires_grad:
                wanted = [n for n, v in leaves.items() if v.requires_grad]
                found = torch.autograd.grad(
                    y, [leaves[n] for n in wanted], seeds["y"], allow_unused=True
                )
                gradients = {n: g for n, g in zip(wanted, found) if g is not None}
    for place in nan:
        inputs["x"].view(-1)[place] = 0.0
    if nan:
        attributes["nan"] = list(nan)
    attributes = {"op": op, **attributes}
    cases.append(case(name, attributes, inputs, {}, outputs, seeds, gradients))


def draws(*shape):
    """Returns numbers of which many are equal."""
    return numbers.integers(5, *shape).to(torch.float64) - 1.5


# Elements by positions.
for axis, shape in [(0, (2, 4)), (1, (3, 6)), (2, (3, 2, 5))]:
    x = numbers.normal(3, 4, 2) if axis == 2 else numbers.normal(3, 4)
    index = numbers.integers(x.shape[axis], *shape)
    add(
        f"gather along {axis}",
        "takeAlongAxis",
        lambda x, i, axis=axis: torch.gather(x, axis, i),
        {"x": x, "index": index if axis != 0 else index[:, : x.shape[1]]},
        axis=axis,
    )
add(
    "take_along_dim of repeated axes",
    "takeAlongAxis",
    lambda x, i: torch.take_along_dim(x, i, dim=1),
    {"x": numbers.normal(3, 5), "index": numbers.integers(5, 1, 4)},
    axis=1,
)
add(
    "elements at points",
    "points",
    lambda x, i: x[i[..., 0], i[..., 1]],
    {"x": numbers.normal(3, 3, 2), "index": numbers.integers(3, 4, 2)},
)

# Scattering.
unique = torch.stack([torch.randperm(4, generator=numbers.generator)[:3] for _ in range(2)])
add(
    "scatter",
    "scatter",
    lambda x, i, v: x.scatter(1, i, v),
    {"x": numbers.normal(2, 4), "index": unique, "values": numbers.normal(2, 3)},
    axis=1,
    rule="set",
)
for axis in [0, 1]:
    inputs = {
        "x": numbers.normal(3, 4),
        "index": numbers.integers(3, 3, 4),
        "values": numbers.normal(3, 4),
    }
    add(
        f"scatter_add along {axis}",
        "scatter",
        lambda x, i, v, axis=axis: x.scatter_add(axis, i, v),
        inputs,
        axis=axis,
        rule="add",
    )
for rule, reduce in [("add", "sum"), ("max", "amax"), ("min", "amin")]:
    for own in [True, False]:
        # PyTorch counts what is there among those that share a gradient even where it is left out,
        # so there it equals nothing that comes.
        start = draws(4, 3) if own else draws(4, 3) + 0.25
        add(
            f"scatter_reduce {reduce}" + ("" if own else " without what is there"),
            "scatter",
            lambda x, i, v, r=reduce, own=own: x.scatter_reduce(0, i, v, r, include_self=own),
            {"x": start, "index": numbers.integers(3, 6, 3), "values": draws(6, 3)},
            axis=0,
            rule=rule,
            own=own,
        )
slices = {
    "x": numbers.normal(4, 3),
    "index": torch.tensor([3, 0, 3]),
    "values": numbers.normal(3, 3),
}
add("index_add", "slices", lambda x, i, v: x.index_add(0, i, v), slices, axis=0, rule="add")
slices = {
    "x": numbers.normal(2, 4),
    "index": torch.tensor([3, 1]),
    "values": numbers.normal(2, 2),
}
add("index_copy", "slices", lambda x, i, v: x.index_copy(1, i, v), slices, axis=1, rule="set")
points = {
    "x": numbers.normal(3, 3),
    "index": torch.tensor([[2, 0], [1, 1], [2, 0]]),
    "values": numbers.normal(3),
}
add(
    "index_put, accumulate",
    "scatterPoints",
    lambda x, i, v: x.index_put((i[:, 0], i[:, 1]), v, accumulate=True),
    points,
    rule="add",
)

# Orders.
for descending in [False, True]:
    word = "descending" if descending else "ascending"
    for axis in [0, 1]:
        add(
            f"sort {word} along {axis}",
            "sort",
            lambda x, axis=axis, d=descending: torch.sort(x, dim=axis, descending=d, stable=True),
            {"x": draws(7, 5)},
            axis=axis,
            descending=descending,
        )
    add(
        f"sort {word} of a long row",
        "sort",
        lambda x, d=descending: torch.sort(x, dim=1, descending=d, stable=True),
        {"x": numbers.normal(2, 300)},
        axis=1,
        descending=descending,
    )
    add(
        f"sort {word} with what is no number",
        "sort",
        lambda x, d=descending: torch.sort(x, dim=0, descending=d, stable=True),
        {"x": draws(9)},
        nan=[1, 4, 8],
        axis=0,
        descending=descending,
    )
    add(
        "topk" if descending else "topk of the smallest",
        "topK",
        lambda x, d=descending: torch.topk(x, 3, 1, d),
        {"x": numbers.distinct(4, 9)},
        axis=1,
        count=3,
        largest=descending,
    )
    add(
        f"topk {word} along 0 of many",
        "topK",
        lambda x, d=descending: torch.topk(x, 20, 0, d),
        {"x": numbers.distinct(200, 2)},
        axis=0,
        count=20,
        largest=descending,
    )
add(
    "kthvalue",
    "kthValue",
    lambda x: torch.kthvalue(x, 3, 1),
    {"x": numbers.distinct(3, 7)},
    axis=1,
    count=3,
)
for count in [6, 7]:
    add(
        f"median of {count}",
        "median",
        lambda x: torch.median(x, 1),
        {"x": numbers.distinct(3, count)},
        axis=1,
    )
add(
    "median with what is no number",
    "median",
    lambda x: torch.median(x, 1),
    {"x": numbers.distinct(2, 5)},
    nan=[2, 4],
    axis=1,
)

# Running results.
zeros = numbers.normal(3, 6)
zeros[0, 2] = zeros[1, 0] = zeros[1, 4] = zeros[2, 5] = 0
functions = [
    ("cumsum", torch.cumsum, numbers.normal(3, 5)),
    ("cumprod", torch.cumprod, numbers.normal(3, 5)),
    ("cumprod with zeros", torch.cumprod, zeros),
    ("logcumsumexp", torch.logcumsumexp, numbers.normal(3, 5, scale=3.0)),
    ("cummax", torch.cummax, draws(4, 7)),
    ("cummin", torch.cummin, draws(4, 7)),
]
for name, function, x in functions:
    for axis in [0, 1]:
        for back in [False, True]:
            if back and name in ["cummax", "cummin"]:
                continue
            add(
                f"{name} along {axis}" + (" backwards" if back else ""),
                name.split()[0],
                lambda x, f=function, axis=axis, back=back: (
                    f(x.flip(axis), axis).flip(axis) if back else f(x, axis)
                ),
                {"x": x.clone()},
                axis=axis,
                reversed=back,
            )
for name, function in [("cummax", torch.cummax), ("cummin", torch.cummin)]:
    add(
        f"{name} with what is no number",
        name,
        lambda x, f=function: f(x, 0),
        {"x": draws(8)},
        nan=[3, 5],
        axis=0,
    )

# Counting and searching.
for right in [False, True]:
    side = "right" if right else "left"
    rows = torch.sort(draws(3, 6)).values
    add(
        f"searchsorted {side}",
        "searchSorted",
        lambda x, v, r=right: torch.searchsorted(x, v, right=r),
        {"x": rows, "values": draws(3, 4)},
        right=right,
    )
    add(
        f"bucketize {side}",
        "bucketize",
        lambda x, v, r=right: torch.bucketize(x, v, right=r),
        {"x": draws(3, 4), "values": torch.tensor([-1.5, 0.0, 0.5, 2.0])},
        right=right,
    )
    add(
        f"bucketize {side} of what is no number",
        "bucketize",
        lambda x, v, r=right: torch.bucketize(x, v, right=r),
        {"x": draws(5), "values": torch.tensor([-1.5, 0.0, 0.5, 2.0])},
        nan=[1, 3],
        right=right,
    )
add(
    "bincount",
    "binCount",
    lambda i: torch.bincount(i, minlength=5),
    {"index": numbers.integers(5, 12)},
    count=5,
)
add(
    "histc",
    "histogram",
    lambda x: torch.histc(x, 4, -1.5, 2.5).to(torch.int64),
    {"x": draws(20)},
    bins=4,
    low=-1.5,
    high=2.5,
)
add(
    "histc of few",
    "histogram",
    lambda x: torch.histc(x, 5, -1, 1).to(torch.int64),
    {"x": numbers.normal(30)},
    bins=5,
    low=-1.0,
    high=1.0,
)
for name, function in [("argmax", torch.argmax), ("argmin", torch.argmin)]:
    add(name, name, lambda x, f=function: f(x, 1), {"x": numbers.distinct(3, 5)}, axis=1)
    add(
        f"{name} with what is no number",
        name,
        lambda x, f=function: f(x, 0),
        {"x": numbers.distinct(6)},
        nan=[2, 4],
        axis=0,
    )

# Boxes.


def boxes(count, size=10):
    """Returns boxes of which many overlap."""
    low = numbers.positive(count, 2) * size
    return torch.cat([low, low + numbers.positive(count, 2) * size / 2], 1)


add("box_iou", "boxOverlap", lambda a, b: ops.box_iou(a, b), {"x": boxes(4), "values": boxes(3)})


def padded(picks, count):
    """Returns positions with -1 behind the last."""
    return torch.cat([picks, torch.full((count,), -1)])[:count]


for threshold in [0.2, 0.5]:
    add(
        f"nms {threshold}",
        "nms",
        lambda b, s, t=threshold: padded(ops.nms(b, s, t), 25),
        {"x": boxes(25), "values": numbers.distinct(25)},
        overlap=threshold,
        limit=25,
    )
add(
    "nms of few",
    "nms",
    lambda b, s: padded(ops.nms(b, s, 0.4), 4),
    {"x": boxes(30), "values": numbers.distinct(30)},
    overlap=0.4,
    limit=4,
)
add(
    "batched_nms",
    "batchedNms",
    lambda b, s, i: padded(ops.batched_nms(b, s, i, 0.3), 30),
    {"x": boxes(30), "values": numbers.distinct(30), "index": numbers.integers(3, 30)},
    overlap=0.3,
    limit=30,
)
for aligned in [True, False]:
    for samples, scale, size in [(2, 0.5, (2, 3)), (1, 1.0, (3, 3)), (3, 0.25, (2, 2))]:
        regions = boxes(4, 8)
        regions[0] = torch.tensor([-6.0, -3, 40, 50])
        regions[1] = torch.tensor([2.0, 3, 2.5, 3.25])
        images = numbers.integers(2, 4)

        def align(x, r, i, samples=samples, scale=scale, size=size, aligned=aligned):
            rows = torch.cat([i[:, None].to(torch.float64), r], 1)
            return ops.roi_align(x, rows, size, scale, samples, aligned)

        add(
            f"roi_align, {samples} samples" + (", aligned" if aligned else ""),
            "roiAlign",
            align,
            {"x": numbers.normal(2, 2, 6, 5), "values": regions, "index": images},
            samples=samples,
            scale=scale,
            size=list(size),
            aligned=aligned,
        )
        # torchvision has no gradient by the regions.
        cases[-1]["gradients"].pop("values", None)

write("indexing", cases)
