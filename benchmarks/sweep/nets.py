"""Random small nets, by class: blocks of well-known networks, and whole ones of a few layers."""

from collections.abc import Callable

from sweep.case import Case, Draw, by
from sweep.layers import Layer, layer, sequence

NETS: dict[str, Callable[[Draw], Case]] = {}
ACTIVATIONS = ["relu", "relu", "silu", "gelu", "hard_swish", "leaky_relu"]


def drawn(title: str):
    """Makes a function the source of a class of nets; it returns words, a net and inputs."""
    def register(draw):
        def case(r: Draw) -> Case:
            words, net, inputs, *rest = draw(r)
            return Case(title, words, net, inputs, tolerance=1e-3, **(rest[0] if rest else {}))
        NETS[title] = case
        return draw
    return register


def convolution(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, groups: int = 1,
                dilation: int = 1, bias: bool = False) -> Layer:
    """A convolution that keeps the size of images, or divides it by the stride."""
    return layer("conv2d", inputs=inputs, outputs=outputs, kernel=[kernel] * 2,
                 stride=[stride] * 2, padding=[dilation * (kernel - 1) // 2] * 2,
                 dilation=[dilation] * 2, groups=groups, bias=bias)


def norm(channels: int) -> Layer:
    """A batch norm."""
    return layer("batch_norm2d", channels=channels)


def unit(inputs: int, outputs: int, act: str, kernel: int = 3, stride: int = 1,
         groups: int = 1) -> list[Layer]:
    """A convolution, a norm and an activation."""
    return [convolution(inputs, outputs, kernel, stride, groups), norm(outputs), layer(act)]


def pooling(kernel: int = 2, stride: int = 2, padding: int = 0) -> Layer:
    """The largest of windows."""
    return layer("max_pool2d", kernel=[kernel] * 2, stride=[stride] * 2, padding=[padding] * 2)


def dense(inputs: int, outputs: int) -> Layer:
    """A linear layer."""
    return layer("dense", inputs=inputs, outputs=outputs, bias=True)


def head(channels: int, classes: int) -> list[Layer]:
    """The end of a classifier of images."""
    return [layer("global_pool"), layer("flatten", axis=1), dense(channels, classes)]


def pictures(r: Draw, channels: int, low: int, high: int, batch: int = 8):
    """A batch of images and words for it."""
    n, image = r.batch(batch), r.image(low, high)
    return {"image": (n, channels, *image)}, f"of {by(image)}, batch {n}"


@drawn("MBConv block")
def _(r: Draw):
    inputs, factor, kernel = r.channels(8, 192), r.choice([1, 4, 6, 6]), r.choice([3, 3, 5, 7])
    stride, act, gated = r.choice([1, 1, 2]), r.choice(["silu", "relu6", "hard_swish"]), r.yes(0.5)
    outputs = inputs if stride == 1 and r.yes(0.7) else r.channels(8, 320)
    wide = inputs * factor
    parts = unit(inputs, wide, act, 1) if factor > 1 else []
    parts += unit(wide, wide, act, kernel, stride, wide)
    if gated:
        small = max(4, inputs // 4)
        parts.append(layer("gated", sequence(
            layer("global_pool"), convolution(wide, small, 1, bias=True), layer(act),
            convolution(small, wide, 1, bias=True), layer("sigmoid"))))
    body = sequence(*parts, convolution(wide, outputs, 1), norm(outputs))
    net = layer("residual", body, sequence()) if stride == 1 and inputs == outputs else body
    given, words = pictures(r, inputs, 7, 112)
    return (f"{inputs} to {wide} to {outputs} {words}, {kernel}x{kernel}, stride {stride}, {act}"
            + (", gated" if gated else ""), net, given)


@drawn("residual block")
def _(r: Draw):
    inputs, stride, act = r.channels(16, 256), r.choice([1, 1, 2]), r.choice(ACTIVATIONS)
    narrow = r.yes(0.5)
    outputs = inputs if stride == 1 and r.yes(0.7) else r.channels(16, 512)
    if narrow:
        inner = max(8, outputs // 4)
        parts = [*unit(inputs, inner, act, 1), *unit(inner, inner, act, 3, stride),
                 convolution(inner, outputs, 1), norm(outputs)]
    else:
        parts = [*unit(inputs, outputs, act, 3, stride), convolution(outputs, outputs),
                 norm(outputs)]
    shortcut = [] if stride == 1 and inputs == outputs else [
        convolution(inputs, outputs, 1, stride), norm(outputs)]
    net = sequence(layer("residual", sequence(*parts), sequence(*shortcut)), layer(act))
    given, words = pictures(r, inputs, 7, 64)
    return (f"{inputs} to {outputs} {words}, stride {stride}, {act}"
            + (", bottleneck" if narrow else ""), net, given)


@drawn("dense block")
def _(r: Draw):
    inputs, growth, count = r.channels(16, 256), r.choice([12, 16, 24, 32, 48]), r.between(2, 6)
    parts, channels = [], inputs
    for _ in range(count):
        branch = [norm(channels), layer("relu"), convolution(channels, 4 * growth, 1),
                  norm(4 * growth), layer("relu"), convolution(4 * growth, growth)]
        parts.append(layer("joined", sequence(), sequence(*branch)))
        channels += growth
    given, words = pictures(r, inputs, 7, 56, 4)
    return f"{inputs} and {count} times {growth} {words}", sequence(*parts), given


@drawn("inception block")
def _(r: Draw):
    inputs = r.channels(32, 384)
    a, b, c, d = (r.usual([16, 24, 32, 48, 64, 96, 128], 8, 128) for _ in range(4))
    net = layer(
        "joined", sequence(*unit(inputs, a, "relu", 1)),
        sequence(*unit(inputs, b // 2, "relu", 1), *unit(b // 2, b, "relu", 3)),
        sequence(*unit(inputs, c // 2, "relu", 1), *unit(c // 2, c, "relu", 5)),
        sequence(pooling(3, 1, 1), *unit(inputs, d, "relu", 1)))
    given, words = pictures(r, inputs, 7, 35)
    return f"{inputs} to {a}, {b}, {c} and {d} {words}", net, given


@drawn("ConvNeXt block")
def _(r: Draw):
    channels, kernel = r.channels(24, 512), r.choice([5, 7, 7, 7, 9])
    body = sequence(convolution(channels, channels, kernel, groups=channels, bias=True),
                    layer("permute", axes=[0, 2, 3, 1]), layer("layer_norm", size=channels),
                    dense(channels, 4 * channels), layer("gelu"), dense(4 * channels, channels),
                    layer("permute", axes=[0, 3, 1, 2]))
    given, words = pictures(r, channels, 7, 56, 4)
    return (f"{channels} {words}, {kernel}x{kernel}", layer("residual", body, sequence()), given)


def transformer(size: int, heads: int, wide: int, act: str, causal: bool) -> list[Layer]:
    """The two halves of a layer of a transformer that normalises first."""
    attention = sequence(layer("layer_norm", size=size),
                         layer("self_attention", size=size, heads=heads, causal=causal))
    forward = sequence(layer("layer_norm", size=size), dense(size, wide), layer(act),
                       dense(wide, size))
    return [layer("residual", attention, sequence()), layer("residual", forward, sequence())]


@drawn("transformer block")
def _(r: Draw):
    width, heads = r.choice([16, 24, 32, 32, 64, 64, 64]), r.choice([1, 2, 3, 4, 6, 8, 12])
    size, causal, act = width * heads, r.yes(0.4), r.choice(["gelu", "gelu", "relu", "gelu_tanh"])
    n, steps = r.batch(16), r.usual([16, 32, 49, 64, 128, 196, 197, 256], 8, 300)
    net = sequence(*transformer(size, heads, 4 * size, act, causal))
    words = f"{heads} heads of {width}, {steps} steps, batch {n}, {act}"
    return words + (", causal" if causal else ""), net, {"x": (n, steps, size)}


@drawn("language model")
def _(r: Draw):
    count, heads, width = r.between(60, 8000), r.choice([2, 4, 6]), r.choice([16, 32, 64])
    size, n, steps = heads * width, r.batch(16), r.usual([16, 32, 64, 128], 8, 160)
    blocks = [part for _ in range(r.choice([1, 2]))
              for part in transformer(size, heads, 4 * size, "gelu", True)]
    net = sequence(layer("embedding", count=count, size=size), *blocks,
                   layer("layer_norm", size=size), dense(size, count))
    return (f"{count} tokens, {len(blocks) // 2} blocks of {heads} heads of {width}, {steps} "
            f"steps, batch {n}", net, {"token": (n, steps)}, {"below": {"token": count}})


@drawn("vision transformer")
def _(r: Draw):
    patch, heads, width = r.choice([4, 8, 16]), r.choice([2, 3, 4]), r.choice([32, 64])
    side, size, n = patch * r.between(4, 12), heads * width, r.batch(8)
    embedding = layer("conv2d", inputs=3, outputs=size, kernel=[patch] * 2, stride=[patch] * 2,
                      padding=[0, 0], dilation=[1, 1], groups=1, bias=True)
    net = sequence(embedding, layer("permute", axes=[0, 2, 3, 1]), layer("merge", axis=1),
                   *transformer(size, heads, 4 * size, "gelu", False),
                   layer("layer_norm", size=size), layer("mean", axis=1), dense(size, 10))
    return (f"patches of {patch}, {heads} heads of {width}, {side}x{side}, batch {n}", net,
            {"image": (n, 3, side, side)})


@drawn("U-Net")
def _(r: Draw):
    base, depth, act = r.choice([8, 12, 16, 24, 32]), r.choice([1, 2, 2, 3]), r.choice(ACTIVATIONS)
    side, n, learned = 2 ** depth * r.between(4, 16), r.batch(4), r.yes(0.5)

    def level(inputs: int, outputs: int, below: int) -> list[Layer]:
        parts = [*unit(inputs, outputs, act), *unit(outputs, outputs, act)]
        if not below:
            return parts
        widen = [layer("transposed2d", inputs=2 * outputs, outputs=outputs, kernel=[2, 2],
                       stride=[2, 2], padding=[0, 0], extra=[0, 0], groups=1)] if learned else [
            layer("upsample2d", factor=2, mode="nearest"), convolution(2 * outputs, outputs, 1)]
        inner = sequence(pooling(), *level(outputs, 2 * outputs, below - 1), *widen)
        return [*parts, layer("joined", sequence(), inner), *unit(2 * outputs, outputs, act)]

    net = sequence(*level(3, base, depth), convolution(base, 2, 1, bias=True))
    return (f"{base} channels, {depth} levels, {side}x{side}, batch {n}, {act}"
            + (", learned upsampling" if learned else ""), net, {"image": (n, 3, side, side)})


@drawn("image classifier")
def _(r: Draw):
    inputs, act, normed = r.choice([1, 3]), r.choice(["relu", "relu", "tanh", "gelu"]), r.yes(0.6)
    side, n = r.usual([28, 32, 64], 16, 64), r.usual([1, 8, 32, 64], 1, 64)
    parts, channels = [], inputs
    for _ in range(r.choice([2, 3])):
        outputs = r.channels(6, 96)
        parts += [convolution(channels, outputs, r.choice([3, 3, 5]), bias=not normed),
                  *([norm(outputs)] if normed else []), layer(act), pooling()]
        channels = outputs
    net = sequence(*parts, *head(channels, 10))
    shown = ", ".join(str(part.settings["outputs"]) for part in parts if part.kind == "conv2d")
    return (f"channels {inputs}, {shown}, {side}x{side}, batch {n}, {act}"
            + (", normed" if normed else ""), net, {"image": (n, inputs, side, side)})


@drawn("perceptron")
def _(r: Draw):
    sizes = [r.usual([2, 13, 64, 128, 784], 1, 1024)]
    sizes += [r.usual([16, 32, 64, 128, 256, 512, 1024], 8, 1024) for _ in range(r.between(1, 4))]
    n, act = r.usual([1, 16, 32, 64, 128, 256], 1, 512), r.choice(["relu", "tanh", "silu"])
    parts = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        parts += [dense(inputs, outputs), layer(act)]
    net = sequence(*parts, dense(sizes[-1], 10))
    return f"{'-'.join(map(str, sizes))}-10, batch {n}, {act}", net, {"x": (n, sizes[0])}


@drawn("recurrent net")
def _(r: Draw):
    kind, n = r.choice(["lstm", "lstm", "gru"]), r.usual([1, 8, 16, 32, 64], 1, 64)
    inputs, hidden = r.usual([1, 3, 16, 64, 128], 1, 256), r.usual([16, 32, 64, 128, 256], 8, 256)
    steps, layers = r.usual([20, 28, 50, 100], 8, 128), r.choice([1, 1, 2])
    net = sequence(layer(kind, inputs=inputs, hidden=hidden, layers=layers, bidirectional=False),
                   layer("last_step"), dense(hidden, 10))
    return (f"{kind.upper()} {inputs} to {hidden}, {layers} layers, {steps} steps, batch {n}", net,
            {"x": (n, steps, inputs)})


@drawn("autoencoder")
def _(r: Draw):
    base, act = r.choice([8, 16, 24, 32]), r.choice(ACTIVATIONS)
    side, n, channels = 4 * r.between(4, 24), r.batch(16), r.choice([1, 3])
    widen = dict(kernel=[4, 4], stride=[2, 2], padding=[1, 1], extra=[0, 0], groups=1)
    net = sequence(*unit(channels, base, act, 3, 2), *unit(base, 2 * base, act, 3, 2),
                   layer("transposed2d", inputs=2 * base, outputs=base, **widen), norm(base),
                   layer(act), layer("transposed2d", inputs=base, outputs=channels, **widen),
                   layer("sigmoid"))
    return (f"{base} channels, {channels} of {side}x{side}, batch {n}, {act}", net,
            {"image": (n, channels, side, side)})


def trained(case: Case, random: Draw) -> Case:
    """A step of training of a net: its result is compared with random numbers."""
    case.inputs = case.inputs | {"target": case.output}
    case.kind, case.optimizer = "train", random.choice(["momentum", "adam"])
    case.read = 1.0
    case.words += f", {case.optimizer}"
    return case
