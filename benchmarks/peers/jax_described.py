"""Nets that sweep/layers.py describes, in JAX: functions of weights and data.

Weights have the names that PyTorch gives them. A layer adds new statistics to a dictionary, as
nothing may be changed in place.
"""

import jax
import jax.numpy as jnp
from jax import lax

from sweep.layers import Layer


class Weights:
    """The weights of one layer, and where those of the next statistics go."""

    def __init__(self, weights: dict, statistics: dict, trains: bool, prefix: str = ""):
        self.weights, self.statistics, self.trains = weights, statistics, trains
        self.prefix = prefix

    def __getitem__(self, name: str):
        return self.weights[self.prefix + name]

    def __contains__(self, name: str) -> bool:
        return self.prefix + name in self.weights

    def below(self, name: str) -> "Weights":
        """Those of a layer inside."""
        return Weights(self.weights, self.statistics, self.trains, f"{self.prefix}{name}.")

    def follow(self, name: str, value) -> None:
        """Moves a running statistic a tenth of the way."""
        self.statistics[self.prefix + name] = 0.9 * self[name] + 0.1 * value


def across(values, rank: int):
    """A number for each channel of [n, c, ...]."""
    return values.reshape(-1, *[1] * (rank - 2))


def convolution(s, p, x):
    """A convolution along any number of axes."""
    axes = "ZYX"[-len(s["kernel"]):]
    y = lax.conv_general_dilated(
        x, p["weight"], s["stride"], [(n, n) for n in s["padding"]], rhs_dilation=s["dilation"],
        dimension_numbers=(f"NC{axes}", f"OI{axes}", f"NC{axes}"),
        feature_group_count=s["groups"])
    return y + across(p["bias"], y.ndim) if s["bias"] else y


def transposed(s, p, x):
    """A transposed convolution: one of the image with zeros between its pixels."""
    weight = jnp.flip(p["weight"], (2, 3)).swapaxes(0, 1)
    sides = [(k - 1 - n, k - 1 - n + e) for k, n, e in zip(s["kernel"], s["padding"], s["extra"])]
    y = lax.conv_general_dilated(x, weight, (1, 1), sides, lhs_dilation=s["stride"],
                                 dimension_numbers=("NCHW", "OIHW", "NCHW"))
    return y + across(p["bias"], y.ndim)


def pool(s, x, start, join):
    """What windows are joined to."""
    return lax.reduce_window(x, start, join, (1, 1, *s["kernel"]), (1, 1, *s["stride"]),
                             ((0, 0), (0, 0), *((n, n) for n in s["padding"])))


def dense(s, p, x):
    """A linear layer."""
    y = x @ p["weight"].T
    return y + p["bias"] if s["bias"] else y


def normalized(x, axes, epsilon: float = 1e-5):
    """Mean 0 and variance 1 over some axes."""
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    return (x - mean) * lax.rsqrt(variance + epsilon)


def scaled(p, x):
    """A factor and an offset for each channel."""
    return x * across(p["weight"], x.ndim) + across(p["bias"], x.ndim)


def batch_norm(s, p, x):
    """Each channel by its mean and variance; those of the batch in training."""
    if not p.trains:
        mean, variance = (across(p[f"running_{name}"], x.ndim) for name in ("mean", "var"))
        return scaled(p, (x - mean) * lax.rsqrt(variance + 1e-5))
    count = x.size // x.shape[1]
    p.follow("running_mean", x.mean((0, 2, 3)))
    p.follow("running_var", x.var((0, 2, 3)) * count / (count - 1))
    return scaled(p, normalized(x, (0, 2, 3)))


def group_norm(s, p, x):
    """Each group of channels by its mean and variance."""
    groups = x.reshape(x.shape[0], s["groups"], -1)
    return scaled(p, normalized(groups, (2,)).reshape(x.shape))


def recurrent(s, p, x, gates: int, step):
    """All levels and directions of a recurrent layer; `step` makes a state of two products."""
    x = x.swapaxes(0, 1)
    for level in range(s["layers"]):
        ways = []
        for way in ("", "_reverse")[:1 + s["bidirectional"]]:
            names = [f"{kind}_l{level}{way}" for kind in ("weight_ih", "bias_ih", "weight_hh",
                                                          "bias_hh")]
            first, offset, second, other = (p[name] for name in names)
            given = x @ first.T + offset

            def move(state, given, second=second, other=other):
                state = step(state, jnp.split(given, gates, -1),
                             jnp.split(state[0] @ second.T + other, gates, -1))
                return state, state[0]

            zeros = jnp.zeros((x.shape[1], s["hidden"]))
            ways.append(lax.scan(move, (zeros,) * (2 if gates == 4 else 1), given,
                                 reverse=bool(way))[1])
        x = jnp.concatenate(ways, -1)
    return x.swapaxes(0, 1)


def lstm_step(state, given, found):
    """One step of an LSTM."""
    i, f, g, o = (a + b for a, b in zip(given, found))
    c = jax.nn.sigmoid(f) * state[1] + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c


def gru_step(state, given, found):
    """One step of a GRU."""
    r, z = (jax.nn.sigmoid(a + b) for a, b in list(zip(given, found))[:2])
    n = jnp.tanh(given[2] + r * found[2])
    return ((1 - z) * n + z * state[0],)


def attention(q, k, v, causal: bool):
    """Attention of [batch, heads, steps, size]."""
    q, k, v = (x.swapaxes(1, 2) for x in (q, k, v))
    return jax.nn.dot_product_attention(q, k, v, is_causal=causal).swapaxes(1, 2)


def self_attention(s, p, x):
    """Attention of a sequence to itself."""
    parts = dense({"bias": True}, p.below("qkv"), x)
    q, k, v = (part.reshape(*part.shape[:2], s["heads"], -1).swapaxes(1, 2)
               for part in jnp.split(parts, 3, -1))
    y = attention(q, k, v, s["causal"]).swapaxes(1, 2)
    return dense({"bias": True}, p.below("proj"), y.reshape(x.shape))


def upsample(s, x):
    """Images enlarged by a whole factor."""
    if s["mode"] == "nearest":
        return jnp.repeat(jnp.repeat(x, s["factor"], 2), s["factor"], 3)
    shape = (*x.shape[:2], *(n * s["factor"] for n in x.shape[2:]))
    return jax.image.resize(x, shape, "linear")


def shuffle(s, x):
    """Channels to pixels."""
    n, c, h, w = x.shape
    f = s["factor"]
    parts = x.reshape(n, c // f ** 2, f, f, h, w).transpose(0, 1, 4, 2, 5, 3)
    return parts.reshape(n, c // f ** 2, h * f, w * f)


# What the weights and the inputs of each kind give.
KINDS = {
    "conv1d": convolution, "conv2d": convolution, "conv3d": convolution,
    "transposed2d": transposed,
    "max_pool2d": lambda s, p, x: pool(s, x, -jnp.inf, lax.max),
    "avg_pool2d": lambda s, p, x: pool(s, x, 0.0, lax.add) / (s["kernel"][0] * s["kernel"][1]),
    "global_pool": lambda s, p, x: x.mean((2, 3), keepdims=True),
    "dense": dense,
    "layer_norm": lambda s, p, x: normalized(x, -1) * p["weight"] + p["bias"],
    "rms_norm": lambda s, p, x: (
        x * lax.rsqrt((x * x).mean(-1, keepdims=True) + 1e-6) * p["weight"]),
    "batch_norm2d": batch_norm,
    "group_norm": group_norm,
    "instance_norm2d": lambda s, p, x: scaled(p, normalized(x, (2, 3))),
    "embedding": lambda s, p, x: p["weight"][x],
    "lstm": lambda s, p, x: recurrent(s, p, x, 4, lstm_step),
    "gru": lambda s, p, x: recurrent(s, p, x, 3, gru_step),
    "self_attention": self_attention,
    "softmax": lambda s, p, x: jax.nn.softmax(x, s["axis"]),
    "log_softmax": lambda s, p, x: jax.nn.log_softmax(x, s["axis"]),
    "upsample2d": lambda s, p, x: upsample(s, x),
    "pixel_shuffle": lambda s, p, x: shuffle(s, x),
    "mean": lambda s, p, x: x.mean(s["axis"]),
    "sum": lambda s, p, x: x.sum(s["axis"]),
    "max": lambda s, p, x: x.max(s["axis"]),
    "permute": lambda s, p, x: x.transpose(s["axes"]),
    "flatten": lambda s, p, x: x.reshape(*x.shape[:s["axis"]], -1),
    "merge": lambda s, p, x: x.reshape(*x.shape[:s["axis"]], -1, *x.shape[s["axis"] + 2:]),
    "last_step": lambda s, p, x: x[:, -1],
    "matmul": lambda s, p, a, b: a @ b,
    "add": lambda s, p, a, b: a + b,
    "multiply": lambda s, p, a, b: a * b,
    "concatenate": lambda s, p, a, b: jnp.concatenate([a, b], s["axis"]),
    "attention": lambda s, p, q, k, v: attention(q, k, v, s["causal"]),
    "relu": lambda s, p, x: jax.nn.relu(x),
    "relu6": lambda s, p, x: jax.nn.relu6(x),
    "leaky_relu": lambda s, p, x: jax.nn.leaky_relu(x),
    "elu": lambda s, p, x: jax.nn.elu(x),
    "gelu": lambda s, p, x: jax.nn.gelu(x, approximate=False),
    "gelu_tanh": lambda s, p, x: jax.nn.gelu(x),
    "silu": lambda s, p, x: jax.nn.silu(x),
    "mish": lambda s, p, x: jax.nn.mish(x),
    "sigmoid": lambda s, p, x: jax.nn.sigmoid(x),
    "tanh": lambda s, p, x: jnp.tanh(x),
    "hard_swish": lambda s, p, x: jax.nn.hard_swish(x),
    "hard_sigmoid": lambda s, p, x: jax.nn.hard_sigmoid(x),
    "softplus": lambda s, p, x: jax.nn.softplus(x),
}


def apply(layer: Layer, p: Weights, *inputs):
    """What a described layer gives."""
    parts = layer.parts
    if layer.kind == "sequence":
        (x,) = inputs
        for number, part in enumerate(parts):
            x = apply(part, p.below(str(number)), x)
        return x
    if layer.kind == "residual":
        body, shortcut = (apply(part, p.below(name), *inputs)
                          for part, name in zip(parts, ("body", "shortcut")))
        return body + shortcut
    if layer.kind == "gated":
        return inputs[0] * apply(parts[0], p.below("gate"), *inputs)
    if layer.kind == "joined":
        return jnp.concatenate([apply(part, p.below(f"branches.{number}"), *inputs)
                                for number, part in enumerate(parts)], 1)
    return KINDS[layer.kind](layer.settings, p, *inputs)


def network(description: list, trains: bool):
    """A function of weights and inputs that gives a result and new statistics."""
    layer = Layer.from_json(description)

    def forward(weights: dict, *inputs):
        statistics: dict = {}
        y = apply(layer, Weights(weights, statistics, trains), *inputs)
        return y, statistics

    return forward
