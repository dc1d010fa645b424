"""Initialisers: the range or deviation that each shape must have, for a statistical test.

A sample is drawn for each case and checked against the numbers that are stored.
"""

import math

import torch
from torch.nn import init

from common import case, write

cases = []
SHAPES = [[64, 128], [300, 20], [32, 16, 3, 3], [16, 1, 5, 5], [64, 4, 3, 1]]
torch.manual_seed(5)


def fans(shape):
    """Returns the numbers of inputs and outputs that one weight meets."""
    field = math.prod(shape[2:])
    return shape[1] * field, shape[0] * field


def verify(name, sample, deviation, bound):
    """Stops with an error unless the sample has the deviation and keeps within the bound."""
    tolerance = 5 * deviation / math.sqrt(2 * sample.numel())
    if abs(sample.std().item() - deviation) > tolerance:
        raise SystemExit(f"{name}: deviation {sample.std().item()}, expected {deviation}")
    if bound is not None and sample.abs().max().item() > bound:
        raise SystemExit(f"{name}: {sample.abs().max().item()} is above {bound}")


def add(name, kind, shape, sample, deviation, bound=None, **attributes):
    """Adds a case; a uniform distribution has a bound, a normal one has none."""
    name = f"{name} {'x'.join(map(str, shape))}"
    verify(name, sample, deviation, bound)
    fan_in, fan_out = fans(shape)
    attributes = {
        "initialiser": kind,
        "shape": shape,
        "fan_in": fan_in,
        "fan_out": fan_out,
        "distribution": "normal" if bound is None else "uniform",
        **attributes,
    }
    outputs = {"mean": 0.0, "std": deviation}
    if bound is not None:
        outputs["bound"] = bound
    cases.append(case(name, attributes, outputs=outputs))


def add_uniform(name, kind, shape, sample, bound, **attributes):
    """Adds a uniform distribution over -bound ... bound."""
    add(name, kind, shape, sample, bound / math.sqrt(3), bound, **attributes)


def add_defaults(shape):
    """Adds what nn.Linear and nn.Conv2d do: both weight and bias within 1 / sqrt(fan in)."""
    fan_in, _ = fans(shape)
    make = torch.nn.Linear if len(shape) == 2 else torch.nn.Conv2d
    kernel = [shape[2:]] if len(shape) == 4 else []
    layers = [make(shape[1], shape[0], *kernel) for _ in range(20)]
    weight = torch.cat([layer.weight.detach().flatten() for layer in layers])
    bias = torch.cat([layer.bias.detach() for layer in layers])
    bound = 1 / math.sqrt(fan_in)
    kind = "linear" if len(shape) == 2 else "conv2d"
    add_uniform(f"{kind} default weight", f"{kind}_weight", shape, weight, bound)
    name = f"{kind} default bias {'x'.join(map(str, shape))}"
    verify(name, bias, bound / math.sqrt(3), bound)
    attributes = {"initialiser": f"{kind}_bias", "shape": [shape[0]], "fan_in": fan_in}
    attributes["distribution"] = "uniform"
    outputs = {"mean": 0.0, "std": bound / math.sqrt(3), "bound": bound}
    cases.append(case(name, attributes, outputs=outputs))


def add_scaled(shape):
    """Adds Xavier's and He's rules, uniform and normal."""
    fan_in, fan_out = fans(shape)
    empty = torch.empty(shape)
    xavier = math.sqrt(2 / (fan_in + fan_out))
    sample = init.xavier_uniform_(empty.clone())
    add_uniform("xavier uniform", "xavier_uniform", shape, sample, math.sqrt(3) * xavier, gain=1.0)
    gain = init.calculate_gain("tanh")
    sample = init.xavier_normal_(empty.clone(), gain)
    add("xavier normal, tanh", "xavier_normal", shape, sample, gain * xavier, gain=gain)
    for mode, fan in [("fan_in", fan_in), ("fan_out", fan_out)]:
        deviation = math.sqrt(2 / fan)
        sample = init.kaiming_uniform_(empty.clone(), mode=mode, nonlinearity="relu")
        bound = math.sqrt(3) * deviation
        add_uniform(f"he uniform {mode}", "he_uniform", shape, sample, bound, mode=mode)
        sample = init.kaiming_normal_(empty.clone(), mode=mode, nonlinearity="relu")
        add(f"he normal {mode}", "he_normal", shape, sample, deviation, mode=mode)


def add_orthogonal(shape, gain):
    """Adds Q Q^T = gain^2 I for a wide Q (rows by all other axes), Q^T Q for a tall one."""
    q = init.orthogonal_(torch.empty(shape), gain).reshape(shape[0], -1)
    wide = q.shape[0] <= q.shape[1]
    product = q @ q.T if wide else q.T @ q
    expected = gain * gain * torch.eye(product.shape[0])
    if not torch.allclose(product, expected, rtol=0, atol=1e-12):
        raise SystemExit(f"orthogonal {shape}: the product is not the identity")
    name = f"orthogonal {'x'.join(map(str, shape))}, gain {gain:g}"
    attributes = {
        "initialiser": "orthogonal",
        "shape": shape,
        "gain": gain,
        "product": "q qT" if wide else "qT q",
    }
    cases.append(case(name, attributes, outputs={"product": expected}))


for shape in SHAPES:
    add_defaults(shape)
    add_scaled(shape)
sample = init.trunc_normal_(torch.empty(200, 300), 0, 0.02, -0.04, 0.04)
# The deviation of a normal distribution that is cut at two of its deviations.
density = math.exp(-2) / math.sqrt(2 * math.pi)
cut = 0.02 * math.sqrt(1 - 4 * density / math.erf(math.sqrt(2)))
name = "truncated normal 200x300"
verify(name, sample, cut, 0.04)
attributes = {"initialiser": "truncated_normal", "shape": [200, 300], "scale": 0.02, "cut": 0.04}
cases.append(case(name, attributes, outputs={"mean": 0.0, "std": cut, "bound": 0.04}))
sample = torch.nn.Embedding(500, 16).weight.detach()
add("embedding default weight", "embedding_weight", [500, 16], sample, 1.0)
add_orthogonal([4, 6], 1.0)
add_orthogonal([6, 4], 1.0)
add_orthogonal([5, 5], 2.0)
add_orthogonal([4, 2, 3, 1], 1.0)

write("initialisers", cases)
