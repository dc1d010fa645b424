"""The networks of models/ in JAX: y and new statistics, of weights by PyTorch's names and data."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from peers.work import Missing, Work


def mlp(p, x):
    """models/mlp.swift."""
    for i in (0, 2):
        x = jax.nn.relu(x @ p[f"{i}.weight"].T + p[f"{i}.bias"])
    return x @ p["4.weight"].T + p["4.bias"], {}


def convolved(x, weight, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1):
    """A convolution of [n, c, y, x]."""
    return lax.conv_general_dilated(
        x, weight, stride, [(p, p) for p in padding], rhs_dilation=dilation,
        dimension_numbers=("NCHW", "OIHW", "NCHW"), feature_group_count=groups)


def pooled(x, kernel, stride, padding, ceil=False):
    """The largest of each window."""
    sides = []
    for size, k, s, p in zip(x.shape[2:], kernel, stride, padding):
        rest = (size + 2 * p - k) % s
        sides.append((p, p + (s - rest if ceil and rest else 0)))
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 1, *kernel), (1, 1, *stride),
                             ((0, 0), (0, 0), *sides))


def lenet5(p, x):
    """models/lenet5.swift."""
    for i, padding in ((0, (2, 2)), (3, (0, 0))):
        x = convolved(x, p[f"{i}.weight"], padding=padding) + p[f"{i}.bias"][:, None, None]
        x = pooled(jax.nn.relu(x), (2, 2), (2, 2), (0, 0))
    x = x.reshape(x.shape[0], -1)
    for i in (7, 9):
        x = jax.nn.relu(x @ p[f"{i}.weight"].T + p[f"{i}.bias"])
    return x @ p["11.weight"].T + p["11.bias"], {}


def lstm(p, x):
    """models/lstm.swift; the products of the inputs are taken out of the loop."""
    x = x.swapaxes(0, 1)
    for layer in range(2):
        recurrent = p[f"weight_hh_l{layer}"].T
        gates = (x @ p[f"weight_ih_l{layer}"].T
                 + (p[f"bias_ih_l{layer}"] + p[f"bias_hh_l{layer}"]))

        def step(carry, gate, recurrent=recurrent):
            h, c = carry
            i, f, g, o = jnp.split(gate + h @ recurrent, 4, axis=-1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        zeros = jnp.zeros((x.shape[1], recurrent.shape[0]))
        _, x = lax.scan(step, (zeros, zeros), gates)
    return x.swapaxes(0, 1), {}


def gpt2(p, token):
    """models/gpt2_train.swift."""
    def norm(name, x):
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        return (x - mean) * lax.rsqrt(variance + 1e-5) * p[f"{name}.weight"] + p[f"{name}.bias"]

    def linear(name, x):
        return x @ p[f"{name}.weight"] + p[f"{name}.bias"]

    x = p["wte.weight"][token] + p["wpe.weight"][:token.shape[1]]
    for i in range(12):
        q, k, v = (part.reshape(*x.shape[:2], 12, 64) for part in jnp.split(
            linear(f"h.{i}.attn.c_attn", norm(f"h.{i}.ln_1", x)), 3, axis=-1))
        y = jax.nn.dot_product_attention(q, k, v, is_causal=True)
        x = x + linear(f"h.{i}.attn.c_proj", y.reshape(x.shape))
        y = jax.nn.gelu(linear(f"h.{i}.mlp.c_fc", norm(f"h.{i}.ln_2", x)), approximate=True)
        x = x + linear(f"h.{i}.mlp.c_proj", y)
    return norm("ln_f", x) @ p["wte.weight"].T, {}


def normalised(x, weight, bias, mean, variance, training, momentum, epsilon):
    """Batch norm, and the new statistics."""
    new = ()
    if training:
        count = x.size // x.shape[1]
        m, v = x.mean((0, 2, 3)), x.var((0, 2, 3))
        kept = v * count / (count - 1)
        new = (mean + momentum * (m - mean), variance + momentum * (kept - variance))
        mean, variance = m, v
    scale = lax.rsqrt(variance + epsilon) * weight
    return x * scale[:, None, None] + (bias - mean * scale)[:, None, None], new


# What torchvision's networks are made of, by the names that torch.export gives.
OPERATIONS = {
    "relu": jax.nn.relu, "silu": jax.nn.silu, "sigmoid": jax.nn.sigmoid, "add": jnp.add,
    "mul": jnp.multiply, "hardtanh": lambda x, low=-1.0, high=1.0: jnp.clip(x, low, high),
    "conv2d": lambda x, w, b=None, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1:
        convolved(x, w, stride, padding, dilation, groups)
        + (0 if b is None else b[:, None, None]),
    "max_pool2d": lambda x, kernel, stride=None, padding=(0, 0), dilation=(1, 1), ceil=False:
        pooled(x, kernel, stride or kernel, np.broadcast_to(padding, 2), ceil),
    "adaptive_avg_pool2d": lambda x, size: _average(x, size),
    "flatten": lambda x, start=0, end=-1: x.reshape(*x.shape[:start], -1),
    "linear": lambda x, w, b=None: x @ w.T + (0 if b is None else b),
    "cat": lambda parts, axis=0: jnp.concatenate(parts, axis), "dropout": lambda x, *_: x,
    "mean": lambda x, axes, keep=False: x.mean(tuple(axes), keepdims=keep),
}


def _average(x, size):
    if tuple(size) == (1, 1):
        return x.mean((2, 3), keepdims=True)
    if tuple(size) == x.shape[2:]:
        return x
    raise Missing(f"adaptive pooling to {list(size)} is not written for it")


def exported(work: Work):
    """A network of torchvision: the graph that torch.export makes, evaluated operation by
    operation."""
    try:
        import torch
        from peers.networks import network
    except ImportError:
        raise Missing("its networks are read with PyTorch, which is not installed") from None
    net = network(work)
    image = torch.from_numpy(work.inputs["image"])
    program = torch.export.export(net, (image,), strict=False)
    places = {spec.arg.name: spec.target for spec in program.graph_signature.input_specs}
    nodes = list(program.graph.nodes)

    def evaluate(p, image):
        values, new = {}, {}

        def value(x):
            if isinstance(x, (list, tuple)):
                return type(x)(value(part) for part in x)
            return values[x.name] if isinstance(x, torch.fx.Node) else x

        for node in nodes:
            name = str(node.target).split(".")
            if node.op == "placeholder":
                values[node.name] = image if places[node.name] is None else p[places[node.name]]
            elif node.op == "output":
                return values[value_name(node.args[0])], new
            elif "batch_norm" in name:
                x, weight, bias, mean, variance, training, momentum, epsilon, *_ = node.args
                values[node.name], moved = normalised(
                    *(value(a) for a in (x, weight, bias, mean, variance)), training, momentum,
                    epsilon)
                new |= dict(zip((places[mean.name], places[variance.name]), moved))
            elif "add_" in name and node.args[0].name in places:
                counter = node.args[0]
                new[places[counter.name]] = values[node.name] = values[counter.name] + 1
            else:
                kind = name[1].rstrip("_")
                if kind not in OPERATIONS:
                    raise Missing(f"'{kind}' is not written for it")
                values[node.name] = OPERATIONS[kind](*value(node.args), **value_of(node, value))
        raise Missing("the graph has no output")

    def value_name(output):
        last = output[-1] if isinstance(output, (list, tuple)) else output
        return last.name

    def value_of(node, value):
        return {key: value(x) for key, x in node.kwargs.items() if key != "inplace"}

    return evaluate


def forward(work: Work):
    """The network of a program."""
    known = {"mlp": mlp, "lenet5": lenet5, "lstm": lstm, "gpt2_train": gpt2}
    return known.get(work.program) or exported(work)
