"""Functions of tensors: views, reductions, pooling, resizing; output and gradients, in f64."""

import torch
import torch.nn.functional as F
from torch import nn

from common import Numbers, case, differentiate, write

# Some functions have no other algorithm; with one thread they give the same numbers anyway.
torch.use_deterministic_algorithms(False)
numbers = Numbers(seed=6)
cases = []


def add(name, function, *inputs):
    """Adds a function of tensors a, b, c ...; one given as a shape is drawn at random."""
    drawn = {}
    for letter, x in zip("abcd", inputs):
        drawn[letter] = numbers.distinct(*x) if isinstance(x, list) else x
    y, seed, gradients = differentiate(function, drawn, {}, numbers)
    cases.append(case(name, {}, drawn, {}, {"y": y}, {"y": seed}, gradients))


def integers(x):
    """Returns integers as numbers, so that they can be differentiated by: their gradient is 0."""
    return x.to(torch.float64)


# Views.
add("flatten 1 to 2", lambda a: a.flatten(1, 2), [2, 3, 2, 2])
add("unflatten", lambda a: a.unflatten(1, (2, -1)), [2, 6, 2])
add("movedim", lambda a: a.movedim(0, 2), [2, 3, 4])
add("swapaxes", lambda a: a.swapaxes(0, -1), [2, 3, 4])
add("slice backwards", lambda a: a.flip(1)[:, 1:6:2], [2, 7])
add("slice from the end", lambda a: a[-3:-1], [5, 2])
add("split", lambda a: torch.cat([p * (i + 1) for i, p in enumerate(a.split([1, 3, 2]))]), [6, 2])
add("chunk", lambda a: torch.cat([p * (i + 1) for i, p in enumerate(a.chunk(4))]), [6, 2])
add("unbind", lambda a: a.unbind(1)[0] * a.unbind(1)[2], [2, 3])
add("tile", lambda a: a.tile(2, 3, 1), [2, 3])
add("tile of more axes", lambda a: a.tile(2), [2, 3, 2])
add("repeat_interleave", lambda a: a.repeat_interleave(3, 0), [2, 3])
add(
    "repeat_interleave counts",
    lambda a: a.repeat_interleave(torch.tensor([2, 0, 1]), 1),
    [2, 3],
)
add("roll", lambda a: a.roll((1, -2), (0, 1)), [3, 5])
for turns in [1, 2, 3]:
    add(f"rot90 {turns}", lambda a, k=turns: a.rot90(k, (0, 1)), [2, 3, 2])
for offset in [-2, 0, 1]:
    add(f"diagonal {offset}", lambda a, k=offset: a.diagonal(k), [4, 5])
add("diagonal of other axes", lambda a: a.diagonal(1, 2, 0), [3, 2, 4])
for offset in [-1, 0, 2]:
    add(f"diag_embed {offset}", lambda a, k=offset: a.diag_embed(k), [2, 3])
for offset in [-1, 0, 1]:
    add(f"tril {offset}", lambda a, k=offset: a.tril(k), [2, 3, 4])
    add(f"triu {offset}", lambda a, k=offset: a.triu(k), [4, 3])
add("meshgrid", lambda a, b: torch.meshgrid(a, b, indexing="ij")[0] * b, [3], [4])
for mode in ["reflect", "replicate", "circular"]:
    add(f"pad {mode}", lambda a, m=mode: F.pad(a, (1, 2, 2, 0), mode=m), [1, 2, 4, 3])
add("pad replicate far", lambda a: F.pad(a, (4, 5), mode="replicate"), [1, 2, 2])
add("pad replicate and crop", lambda a: F.pad(a, (-1, 3), mode="replicate"), [1, 2, 4])
add("pad constant and crop", lambda a: F.pad(a, (-1, 3, 2, -1), value=0.5), [2, 4, 3])
add("pixel_shuffle", lambda a: F.pixel_shuffle(a, 2), [1, 8, 2, 3])
add("pixel_unshuffle", lambda a: F.pixel_unshuffle(a, 2), [1, 2, 4, 6])
add("channel_shuffle", lambda a: F.channel_shuffle(a, 3), [1, 6, 2, 2])
add("windows", lambda a: a.unfold(1, 3, 2), [2, 8, 2])
add("unfold", lambda a: F.unfold(a, (2, 3), (2, 1), (1, 0), (1, 2)), [1, 2, 5, 6])
add("fold", lambda a: F.fold(a, (4, 5), (2, 3), 1, (1, 0), (1, 2)), [1, 12, 10])

# Sums of products.
add("einsum trace", lambda a: torch.einsum("ii->", a), [3, 3])
add("einsum diagonal", lambda a: torch.einsum("bii->bi", a), [2, 3, 3])
add("einsum transpose", lambda a: torch.einsum("ba", a), [2, 3])
add("einsum sum", lambda a: torch.einsum("ij->j", a), [2, 3])
add("einsum product", lambda a, b: torch.einsum("ij,jk", a, b), [2, 3], [3, 4])
add("einsum outer", lambda a, b: torch.einsum("i,j->ji", a, b), [2], [3])
add(
    "einsum three",
    lambda a, b, c: torch.einsum("bi,oij,bj->bo", a, b, c),
    [2, 3],
    [4, 3, 2],
    [2, 2],
)
add("einsum points", lambda a, b: torch.einsum("...ij,...jk->...ik", a, b), [2, 1, 2, 3], [4, 3, 2])
add("einsum diagonal times", lambda a, b: torch.einsum("iij,jk->ik", a, b), [2, 2, 3], [3, 2])
add("einsum summed alone", lambda a, b: torch.einsum("ij,k->i", a, b), [2, 3], [4])

# Reductions.
add("std", lambda a: a.std(1), [3, 5])
add("std biased of all", lambda a: a.std(correction=0), [3, 4])
add("var of two axes", lambda a: a.var((0, 2), correction=1, keepdim=True), [2, 3, 4])
for p in [0.5, 1, 2, 3, float("inf"), float("-inf")]:
    add(f"norm {p:g}", lambda a, p=p: torch.linalg.vector_norm(a, p, 1), [3, 4])
add("norm 2 of zeros", lambda a: torch.linalg.vector_norm(a, 2, 1), torch.zeros(2, 3))
add("norm of a matrix", lambda a: torch.linalg.matrix_norm(a), [3, 4])
add("normalize", lambda a: F.normalize(a, dim=0), [3, 4])
add("normalize 1", lambda a: F.normalize(a, 1.0, -1), [3, 4])
add("cosine_similarity", lambda a, b: F.cosine_similarity(a, b, -1), [3, 4], [3, 4])
add("cosine_similarity broadcast", lambda a, b: F.cosine_similarity(a, b, 1), [3, 4, 2], [4, 1])
add("pairwise_distance", lambda a, b: F.pairwise_distance(a, b), [3, 4], [3, 4])
add(
    "pairwise_distance 1",
    lambda a, b: F.pairwise_distance(a, b, 1.0, keepdim=True),
    [3, 4],
    [3, 4],
)
add("cdist", lambda a, b: torch.cdist(a, b), [2, 3, 4], [2, 2, 4])
add("cdist 1", lambda a, b: torch.cdist(a, b, 1.0), [3, 4], [2, 4])
add("count_nonzero", lambda a: integers(a.count_nonzero(1)) + 0 * a.sum(1), torch.eye(3))
add("logsumexp", lambda a: a.logsumexp((0, 2)), [2, 3, 2])
add("prod with zeros", lambda a: a.prod(1), torch.tensor([[2.0, 0, 3], [0, 4, 0], [1, 2, 3]]))
add("softmin", lambda a: F.softmin(a, 1), [2, 3])

# Pooling.
add("max_pool1d", lambda a: F.max_pool1d(a, 3, 2, 1), [2, 2, 7])
add("max_pool1d ceil", lambda a: F.max_pool1d(a, 2, 2, 0, ceil_mode=True), [1, 2, 7])
add("max_pool2d ceil", lambda a: F.max_pool2d(a, 3, 2, 1, ceil_mode=True), [1, 2, 6, 5])
add("max_pool3d", lambda a: F.max_pool3d(a, (2, 1, 2), (1, 2, 2)), [1, 2, 3, 4, 4])


def positions(values, places):
    """Returns the places that a pooling chose, with a gradient, which is 0."""
    return integers(places) + 0 * values


add(
    "max_pool2d positions",
    lambda a: positions(*F.max_pool2d(a, (2, 3), (2, 1), (1, 1), return_indices=True)),
    [2, 2, 5, 4],
)
add(
    "max_pool1d positions, dilation",
    lambda a: positions(*F.max_pool1d(a, 2, 2, 0, 3, return_indices=True)),
    [1, 2, 8],
)
add(
    "max_unpool2d",
    lambda a: F.max_unpool2d(*F.max_pool2d(a, 2, return_indices=True), 2),
    [2, 2, 4, 6],
)
add("avg_pool1d", lambda a: F.avg_pool1d(a, 3, 2, 1), [1, 2, 7])
add("avg_pool1d ceil", lambda a: F.avg_pool1d(a, 3, 2, 1, True), [1, 2, 8])
add("avg_pool2d ceil, not counted", lambda a: F.avg_pool2d(a, 3, 2, 1, True, False), [1, 2, 6, 5])
add("avg_pool2d divisor", lambda a: F.avg_pool2d(a, 2, 1, 1, divisor_override=3), [1, 2, 3, 3])
add("avg_pool3d", lambda a: F.avg_pool3d(a, 2, 2, (1, 0, 1), False, False), [1, 2, 3, 4, 4])
add("lp_pool1d", lambda a: F.lp_pool1d(a.abs(), 3.0, 2), [1, 2, 6])
add("lp_pool2d", lambda a: F.lp_pool2d(a, 2.0, (2, 3), 2), [1, 2, 5, 6])
add("adaptive_avg_pool1d", lambda a: F.adaptive_avg_pool1d(a, 3), [1, 2, 7])
add("adaptive_avg_pool2d", lambda a: F.adaptive_avg_pool2d(a, (3, 2)), [1, 2, 5, 6])
add("adaptive_avg_pool3d", lambda a: F.adaptive_avg_pool3d(a, (2, 1, 3)), [1, 1, 4, 3, 5])
add("adaptive_max_pool1d", lambda a: F.adaptive_max_pool1d(a, 3), [1, 2, 7])
add("adaptive_max_pool2d", lambda a: F.adaptive_max_pool2d(a, (3, 2)), [1, 2, 5, 6])
add("global_max_pool", lambda a: a.amax((2, 3)), [2, 2, 3, 3])

# Resizing.
for size in [(4, 6), (2, 9), (3, 4)]:
    for mode in ["nearest", "nearest-exact", "bilinear", "bicubic", "area"]:
        name = f"resize {mode} to {size[0]} {size[1]}"
        add(name, lambda a, s=size, m=mode: F.interpolate(a, s, mode=m), [1, 2, 4, 3])
for mode in ["bilinear", "bicubic"]:
    add(
        f"resize {mode} aligned",
        lambda a, m=mode: F.interpolate(a, (5, 6), mode=m, align_corners=True),
        [1, 1, 3, 6],
    )
add("resize linear by 3", lambda a: F.interpolate(a, scale_factor=3, mode="linear"), [1, 2, 4])
add("resize linear by half", lambda a: F.interpolate(a, scale_factor=0.5, mode="linear"), [1, 2, 8])
add("resize linear by 1.5", lambda a: F.interpolate(a, scale_factor=1.5, mode="linear"), [1, 2, 5])
add("resize linear by 0.7", lambda a: F.interpolate(a, scale_factor=0.7, mode="linear"), [1, 2, 9])
add(
    "resize linear to one",
    lambda a: F.interpolate(a, 1, mode="linear", align_corners=True),
    [1, 2, 4],
)
add("resize linear far", lambda a: F.interpolate(a, 17, mode="linear"), [1, 2, 11])
add("resize nearest by 2.5", lambda a: F.interpolate(a, scale_factor=2.5), [1, 2, 4])
add(
    "resize trilinear",
    lambda a: F.interpolate(a, (4, 3, 5), mode="trilinear", align_corners=False),
    [1, 1, 2, 3, 4],
)
for mode in ["bilinear", "nearest"]:
    for padding in ["zeros", "border", "reflection"]:
        for aligned in [False, True]:
            add(
                f"grid_sample {mode} {padding}" + (" aligned" if aligned else ""),
                lambda a, b, m=mode, p=padding, c=aligned: F.grid_sample(a, b, m, p, c),
                [2, 2, 4, 5],
                numbers.normal(2, 3, 2, 2, scale=0.9),
            )
for aligned in [False, True]:
    add(
        "affine_grid" + (" aligned" if aligned else ""),
        lambda a, c=aligned: F.affine_grid(a, [2, 1, 3, 4], c),
        [2, 2, 3],
    )

# Activations and norms without parameters.
for name, function in {
    "hard_tanh": lambda a: F.hardtanh(a, -0.5, 0.75),
    "relu6": lambda a: F.relu6(a * 4),
    "celu": lambda a: F.celu(a, 0.5),
    "soft_sign": F.softsign,
    "soft_shrink": F.softshrink,
    "hard_shrink": F.hardshrink,
    "tanh_shrink": F.tanhshrink,
    "threshold": lambda a: F.threshold(a, 0.25, -2.0),
    "glu": lambda a: F.glu(a, 1),
    "rrelu": lambda a: F.rrelu(a, training=False),
}.items():
    add(name, function, numbers.normal(3, 4))
add("softmax2d", nn.Softmax2d(), [1, 3, 2, 2])
add("local_response_norm", lambda a: F.local_response_norm(a, 4, 0.5, 0.75, 2.0), [2, 5, 3])
add("local_response_norm 3", lambda a: F.local_response_norm(a, 3), [1, 4, 2, 2])
add("instance_norm", lambda a: F.instance_norm(a), [2, 3, 4])
add("group_norm plain", lambda a: F.group_norm(a, 2), [2, 4, 3])

write("functions", cases)
