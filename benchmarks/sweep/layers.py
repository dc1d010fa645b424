"""What a net is made of: one description, from which come Swift, PyTorch, JAX and an ONNX file.

A `Layer` is a kind, its settings, and the layers inside it. `KINDS` says of each kind what it
is in GraphKit, what shape it gives, and how much work that is. peers/described.py has the same
kinds in PyTorch, and peers/jax_described.py in JAX.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Layer:
    """A layer, or a net of layers."""

    kind: str
    settings: dict = field(default_factory=dict)
    parts: tuple["Layer", ...] = ()

    def shape(self, *inputs: Shape) -> Shape:
        """The shape of the result for inputs of some shapes."""
        return KINDS[self.kind].shape(self, *inputs)

    def operations(self, *inputs: Shape) -> float:
        """Floating-point operations by definition, two for each multiply-add.

        Those that come once for each element of a result are left out: reading and writing it
        takes longer.
        """
        return KINDS[self.kind].operations(self, *inputs)

    def swift(self) -> str:
        """The layer in GraphKit; for a function of several operands, their names in braces."""
        kind = KINDS[self.kind]
        values = {name: swift_value(value) for name, value in self.settings.items()}
        parts = [part.swift() for part in self.parts]
        return kind.swift.format(
            *parts, parts=", ".join(parts), body="[" + ", ".join(parts) + "]", **values)

    def as_json(self) -> list:
        """Lists and dictionaries that JSON can hold."""
        return [self.kind, self.settings, [part.as_json() for part in self.parts]]

    @staticmethod
    def from_json(value: list) -> "Layer":
        """The inverse of `as_json`."""
        kind, settings, parts = value
        return Layer(kind, settings, tuple(map(Layer.from_json, parts)))


def layer(kind: str, *parts: Layer, **settings) -> Layer:
    """A layer of some kind; settings are numbers, switches, words, and lists of numbers."""
    return Layer(kind, settings, parts)


def sequence(*parts: Layer) -> Layer:
    """Layers one after the other."""
    return Layer("sequence", {}, parts)


def swift_value(value) -> str:
    """A setting as Swift writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Kind:
    """What is known of a kind of layer."""

    swift: str  # with {setting}; {0} is the first part, {parts} all, {body} a list of them
    shape: Callable[..., Shape]
    operations: Callable[..., float] = lambda layer, *inputs: 0.0
    # A function of so many tensors has no parameters, and its Swift names them {{a}}, {{b}}.
    operands: tuple[str, ...] = ()


def same(_: Layer, x: Shape, *__: Shape) -> Shape:
    """The shape of the first input."""
    return x


def windows(of: Layer, x: Shape) -> Shape:
    """Batch, channels, and how many windows fit along each axis."""
    s = of.settings
    dilation = s.get("dilation", [1] * len(s["kernel"]))
    sides = zip(x[2:], s["kernel"], s["stride"], s["padding"], dilation)
    return (x[0], s.get("outputs", x[1]),
            *((n + 2 * p - d * (k - 1) - 1) // t + 1 for n, k, t, p, d in sides))


def widened(of: Layer, x: Shape) -> Shape:
    """The shape of a transposed convolution."""
    s = of.settings
    sides = zip(x[2:], s["kernel"], s["stride"], s["padding"], s["extra"])
    return (x[0], s["outputs"], *((n - 1) * t - 2 * p + k + e for n, k, t, p, e in sides))


def products(of: Layer, x: Shape) -> float:
    """The operations of a convolution."""
    s = of.settings
    return 2.0 * prod(windows(of, x)) * prod(s["kernel"]) * s["inputs"] / s["groups"]


def widening(of: Layer, x: Shape) -> float:
    """The operations of a transposed convolution, where none is with a zero."""
    s = of.settings
    return 2.0 * prod(x) * prod(s["kernel"]) * s["outputs"] / s["groups"]


def recurrent(gates: int) -> Kind:
    """A recurrent layer that reads [batch, steps, size]."""
    def shape(of: Layer, x: Shape) -> Shape:
        return (*x[:2], of.settings["hidden"] * (2 if of.settings["bidirectional"] else 1))

    def operations(of: Layer, x: Shape) -> float:
        s, total, size = of.settings, 0.0, x[2]
        ways = 2 if s["bidirectional"] else 1
        for _ in range(s["layers"]):
            total += 2.0 * x[0] * x[1] * ways * gates * s["hidden"] * (size + s["hidden"])
            size = s["hidden"] * ways
        return total

    name = {4: "LSTM", 3: "GRU"}[gates]
    return Kind(name + "({inputs}, {hidden}, layers: {layers}, batchFirst: true, "
                "bidirectional: {bidirectional})", shape, operations)


def attended(of: Layer, q: Shape, k: Shape, v: Shape) -> float:
    """The operations of attention; with a mask of the past about half."""
    total = 2.0 * prod(q[:-1]) * k[-2] * (q[-1] + v[-1])
    return total / 2 if of.settings["causal"] else total


def attending(of: Layer, x: Shape) -> float:
    """The operations of attention of a sequence to itself, with its linear layers."""
    batch, steps, size = x
    parts = (batch, of.settings["heads"], steps, size // of.settings["heads"])
    return 8.0 * prod(x) * size + attended(of, parts, parts, parts)


def after(of: Layer, x: Shape) -> Shape:
    """The shape behind all parts."""
    for part in of.parts:
        x = part.shape(x)
    return x


def through(of: Layer, x: Shape) -> float:
    """The operations of all parts, each on the result of the one before."""
    total = 0.0
    for part in of.parts:
        total, x = total + part.operations(x), part.shape(x)
    return total


def beside(of: Layer, x: Shape) -> float:
    """The operations of all parts, each on the same input."""
    return sum(part.operations(x) for part in of.parts)


def joined(of: Layer, x: Shape) -> Shape:
    """The channels of all parts."""
    shapes = [part.shape(x) for part in of.parts]
    return (x[0], sum(shape[1] for shape in shapes), *shapes[0][2:])


def multiplied(_: Layer, a: Shape, b: Shape) -> Shape:
    """The shape of a product of matrices."""
    return (*a[:-1], b[-1])


def without(of: Layer, x: Shape) -> Shape:
    """The shape without an axis."""
    axis = of.settings["axis"] % len(x)
    return x[:axis] + x[axis + 1:]


def merged(of: Layer, x: Shape) -> Shape:
    """The shape with two axes joined."""
    axis = of.settings["axis"]
    return (*x[:axis], x[axis] * x[axis + 1], *x[axis + 2:])


def concatenated(of: Layer, a: Shape, b: Shape) -> Shape:
    """The shape of two tensors joined along an axis."""
    axis = of.settings["axis"] % len(a)
    return (*a[:axis], a[axis] + b[axis], *a[axis + 1:])


CONVOLVED = ("({inputs}, {outputs}, kernel: {kernel}, stride: {stride}, padding: {padding}, "
             "dilation: {dilation}, groups: {groups}, bias: {bias})")
POOLED = "({kernel}, stride: {stride}, padding: {padding})"
BODY = "Sequential([{parts}] as [any Layer])"

KINDS = {
    "conv1d": Kind("Conv1D" + CONVOLVED, windows, products),
    "conv2d": Kind("Conv2D" + CONVOLVED, windows, products),
    "conv3d": Kind("Conv3D" + CONVOLVED, windows, products),
    "transposed2d": Kind(
        "ConvTranspose2D({inputs}, {outputs}, kernel: {kernel}, stride: {stride}, "
        "padding: {padding}, outputPadding: {extra}, groups: {groups})", widened, widening),
    "max_pool2d": Kind("MaxPool2D" + POOLED, windows),
    "avg_pool2d": Kind("AvgPool2D" + POOLED, windows),
    "global_pool": Kind("AdaptiveAvgPool2D(1)", lambda of, x: (*x[:2], 1, 1)),
    "dense": Kind("Dense({inputs}, {outputs}, bias: {bias})",
                  lambda of, x: (*x[:-1], of.settings["outputs"]),
                  lambda of, x: 2.0 * prod(x) * of.settings["outputs"]),
    "layer_norm": Kind("LayerNorm({size})", same),
    "rms_norm": Kind("RMSNorm({size}, epsilon: 1e-6)", same),
    "batch_norm2d": Kind("BatchNorm({channels})", same),
    "group_norm": Kind("GroupNorm({groups}, {channels})", same),
    "instance_norm2d": Kind("InstanceNorm2D({channels}, affine: true)", same),
    "embedding": Kind("Embedding({count}, {size})", lambda of, x: (*x, of.settings["size"])),
    "lstm": recurrent(4),
    "gru": recurrent(3),
    "self_attention": Kind("SelfAttention({size}, heads: {heads}, isCausal: {causal})", same,
                           attending),
    "softmax": Kind("Softmax(axis: {axis})", same),
    "log_softmax": Kind("LogSoftmax(axis: {axis})", same),
    "upsample2d": Kind("Upsample({factor}, mode: .{mode})", lambda of, x: (
        *x[:2], *(n * of.settings["factor"] for n in x[2:]))),
    "pixel_shuffle": Kind("PixelShuffle({factor})", lambda of, x: (
        x[0], x[1] // of.settings["factor"] ** 2, *(n * of.settings["factor"] for n in x[2:]))),
    "mean": Kind("Lambda {{ $0.mean(axis: {axis}) }}", without),
    "sum": Kind("Lambda {{ $0.sum(axis: {axis}) }}", without),
    "max": Kind("Lambda {{ $0.max(axis: {axis}) }}", without),
    "permute": Kind("Lambda {{ $0.transposed({axes}) }}",
                    lambda of, x: tuple(x[axis] for axis in of.settings["axes"])),
    "flatten": Kind("Flatten(from: {axis})", lambda of, x: (
        *x[:of.settings["axis"]], prod(x[of.settings["axis"]:]))),
    # The axis and the one behind it as one.
    "merge": Kind("Lambda {{ $0.flattened(from: {axis}, to: {axis} + 1) }}", merged),
    "last_step": Kind("Lambda {{ $0[.all, -1] }}", lambda of, x: (x[0], *x[2:])),
    # Nets of layers.
    "sequence": Kind(BODY, after, through),
    "residual": Kind("Residual(body: {0}, shortcut: {1})", lambda of, x: of.parts[0].shape(x),
                     beside),
    "gated": Kind("Gated(gate: {0})", same, beside),
    "joined": Kind("Joined(branches: [{parts}])", joined, beside),
    # Functions of several tensors.
    "matmul": Kind("a.matmul(b)", multiplied, lambda of, a, b: 2.0 * prod(a) * b[-1],
                   ("a", "b")),
    "add": Kind("a + b", same, operands=("a", "b")),
    "multiply": Kind("a * b", same, operands=("a", "b")),
    "concatenate": Kind("concatenate([a, b], axis: {axis})", concatenated, operands=("a", "b")),
    "attention": Kind("scaledDotProductAttention(query, key, value, isCausal: {causal})",
                      lambda of, q, k, v: (*q[:-1], v[-1]), attended, ("query", "key", "value")),
} | {name: Kind(swift, same) for name, swift in {
    "relu": "ReLU()", "relu6": "ReLU6()", "leaky_relu": "LeakyReLU()", "elu": "ELU()",
    "gelu": "GELU()", "gelu_tanh": "GELU(approximate: true)", "silu": "SiLU()", "mish": "Mish()",
    "sigmoid": "Sigmoid()", "tanh": "Tanh()", "hard_swish": "HardSwish()",
    "hard_sigmoid": "HardSigmoid()", "softplus": "Softplus()"}.items()}
