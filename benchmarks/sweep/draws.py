"""Random single layers, by class.

Images are called x, so that they lie in memory as in the files for all who read them; only nets get
images in the order that a peer likes best.
"""

from collections.abc import Callable

from sweep.case import CHANNELS, Case, Draw, by
from sweep.layers import layer

LAYERS: dict[str, Callable[[Draw], Case]] = {}


def drawn(title: str):
    """Makes a function the source of a class of layers; it returns words, a layer and inputs."""
    def register(draw):
        def case(r: Draw) -> Case:
            words, net, inputs, *rest = draw(r)
            return Case(title, words, net, inputs, **(rest[0] if rest else {}))
        LAYERS[title] = case
        return draw
    return register


def convolution(r: Draw, inputs: int, outputs: int, kernel, image, stride=1, dilation=1, groups=1,
                padded: bool = True):
    """Words, layer and input of a convolution of images."""
    kernel = [kernel] * 2 if isinstance(kernel, int) else list(kernel)
    padding = [dilation * (k - 1) // 2 if padded else 0 for k in kernel]
    net = layer("conv2d", inputs=inputs, outputs=outputs, kernel=kernel, stride=[stride] * 2,
                padding=padding, dilation=[dilation] * 2, groups=groups, bias=r.yes(0.5))
    n = r.batch(8)
    words = f"{by(kernel)}, {inputs} to {outputs} of {by(image)}"
    words += f", stride {stride}" if stride > 1 else ""
    words += f", dilation {dilation}" if dilation > 1 else ""
    words += f", {groups} groups" if 1 < groups < inputs else ""
    words += f", batch {n}" if n > 1 else ""
    return words + ("" if padded else ", no padding"), net, {"x": (n, inputs, *image)}


def depthwise(r: Draw, stride: int):
    """A convolution of each channel by itself."""
    channels = r.channels(16, 1280)
    kernel = r.choice([3, 3, 3, 5, 5, 7, 7, 9, 11])
    image = r.image(max(7, kernel), 160)
    return convolution(r, channels, channels, kernel, image, stride, groups=channels)


@drawn("depthwise")
def _(r: Draw):
    return depthwise(r, 1)


@drawn("depthwise, stride 2")
def _(r: Draw):
    return depthwise(r, 2)


@drawn("transposed convolution")
def _(r: Draw):
    kernel, stride, padding, extra = r.choice(
        [(4, 2, 1, 0), (4, 2, 1, 0), (2, 2, 0, 0), (3, 2, 1, 1), (5, 2, 2, 1), (3, 1, 1, 0),
         (4, 4, 0, 0)])
    inputs, outputs = r.channels(8, 512), r.usual([1, 3, 16, 32, 64, 128, 256], 1, 256)
    image, n = r.image(4, 64), r.batch(16)
    net = layer("transposed2d", inputs=inputs, outputs=outputs, kernel=[kernel] * 2,
                stride=[stride] * 2, padding=[padding] * 2, extra=[extra] * 2, groups=1)
    words = f"{kernel}x{kernel}, stride {stride}, {inputs} to {outputs} of {by(image)}, batch {n}"
    return words, net, {"x": (n, inputs, *image)}


@drawn("pooling")
def _(r: Draw):
    kernel, stride, padding = r.choice(
        [(3, 2, 1), (3, 2, 1), (2, 2, 0), (2, 2, 0), (3, 1, 1), (3, 2, 0), (5, 1, 2)])
    kind, channels, image, n = r.choice(["max", "max", "avg"]), r.channels(), r.image(), r.batch()
    net = layer(f"{kind}_pool2d", kernel=[kernel] * 2, stride=[stride] * 2,
                padding=[padding] * 2)
    words = f"{kind} {kernel}x{kernel}, stride {stride}, {channels} of {by(image)}, batch {n}"
    return words, net, {"x": (n, channels, *image)}


@drawn("global pooling")
def _(r: Draw):
    channels, image, n = r.channels(16, 2048), r.image(4, 64), r.batch(32)
    return (f"{channels} of {by(image)}, batch {n}", layer("global_pool"),
            {"x": (n, channels, *image)})


@drawn("3x3")
def _(r: Draw):
    return convolution(r, r.channels(16, 512), r.channels(16, 512), 3, r.image(4, 56),
                       padded=r.yes(0.9))


@drawn("3x3, large images")
def _(r: Draw):
    return convolution(r, r.channels(8, 128), r.channels(8, 256), 3, r.image(56, 320))


@drawn("3x3, stride 2")
def _(r: Draw):
    return convolution(r, r.channels(16, 256), r.channels(16, 512), 3, r.image(8, 160), 2)


@drawn("few channels in")
def _(r: Draw):
    kernel, stride = r.choice([(3, 1), (3, 2), (7, 2), (11, 4), (5, 1), (4, 4), (16, 16)])
    return convolution(r, r.choice([1, 3, 3, 4]), r.channels(6, 128), kernel,
                       r.image(28, 320), stride, padded=kernel % 2 == 1)


@drawn("few channels out")
def _(r: Draw):
    return convolution(r, r.channels(8, 256), r.between(1, 12), r.choice([1, 3, 3, 5, 7]),
                       r.image(14, 224))


@drawn("dilated")
def _(r: Draw):
    return convolution(r, r.channels(16, 256), r.channels(16, 256), 3, r.image(14, 96),
                       dilation=r.choice([2, 2, 3, 4, 6, 12]))


@drawn("grouped")
def _(r: Draw):
    groups, width = r.choice([2, 4, 4, 8, 16, 32, 32]), r.choice([2, 4, 4, 8, 16, 24, 32])
    return convolution(r, groups * width, groups * width, 3, r.image(7, 80), r.choice([1, 1, 2]),
                       groups=groups)


@drawn("1x1")
def _(r: Draw):
    return convolution(r, r.channels(16, 1280), r.channels(16, 1280), 1, r.image(4, 40),
                       r.choice([1, 1, 1, 2]))


@drawn("1x1, large images")
def _(r: Draw):
    return convolution(r, r.channels(8, 256), r.channels(8, 256), 1, r.image(40, 256))


@drawn("long kernel")
def _(r: Draw):
    length = r.choice([3, 5, 7, 7, 7, 9, 11])
    kernel = r.choice([(1, length), (length, 1)])
    return convolution(r, r.channels(16, 256), r.channels(16, 256), kernel, r.image(12, 64))


@drawn("5x5 and larger")
def _(r: Draw):
    return convolution(r, r.channels(8, 128), r.channels(8, 192), r.choice([5, 5, 7, 9]),
                       r.image(9, 80), r.choice([1, 1, 2]))


@drawn("1 axis")
def _(r: Draw):
    inputs, outputs, n = r.usual([1, 2, 64, 80, 128, 256, 512], 1, 512), r.channels(), r.batch()
    kernel, stride, dilation = r.choice(
        [(3, 1, 1), (3, 2, 1), (5, 1, 1), (7, 1, 1), (1, 1, 1), (3, 1, 4), (10, 5, 1), (15, 2, 1)])
    length = r.between(64, 8192)
    net = layer("conv1d", inputs=inputs, outputs=outputs, kernel=[kernel], stride=[stride],
                padding=[dilation * (kernel - 1) // 2], dilation=[dilation], groups=1, bias=True)
    words = f"kernel {kernel}, stride {stride}, dilation {dilation}, {inputs} to {outputs} of "
    return words + f"{length}, batch {n}", net, {"x": (n, inputs, length)}


@drawn("3 axes")
def _(r: Draw):
    inputs, outputs = r.usual([1, 3, 8, 16, 32, 64], 1, 64), r.channels(8, 64)
    side, depth, stride = r.between(8, 56), r.between(4, 32), r.choice([1, 1, 2])
    net = layer("conv3d", inputs=inputs, outputs=outputs, kernel=[3] * 3, stride=[stride] * 3,
                padding=[1] * 3, dilation=[1] * 3, groups=1, bias=True)
    words = f"3x3x3, stride {stride}, {inputs} to {outputs} of {depth}x{side}x{side}"
    return words, net, {"x": (1, inputs, depth, side, side)}


@drawn("linear")
def _(r: Draw):
    rows = r.usual([1, 1, 1, 4, 16, 32, 64, 128, 197, 256, 512], 1, 1024)
    inputs, outputs = r.channels(8, 4096), r.usual([1, 2, 10, 100, 1000, *CHANNELS], 1, 4096)
    return (f"{rows} rows, {inputs} to {outputs}",
            layer("dense", inputs=inputs, outputs=outputs, bias=r.yes(0.8)),
            {"x": (rows, inputs)})


@drawn("products in batches")
def _(r: Draw):
    n = r.usual([2, 4, 8, 12, 16, 32, 64, 96], 2, 128)
    i, j, k = (r.usual([16, 32, 49, 64, 96, 128, 197, 256], 4, 512) for _ in range(3))
    return f"{n} of {i}x{j}x{k}", layer("matmul"), {"a": (n, i, j), "b": (n, j, k)}


def recurrent(r: Draw, kind: str):
    """A recurrent layer, mostly small."""
    sizes = [8, 16, 32, 64, 96, 128, 200, 256, 512]
    inputs, hidden = r.usual(sizes, 1, 512), r.usual(sizes, 4, 512)
    n, steps = r.usual([1, 1, 4, 8, 16, 32, 64], 1, 64), r.usual([10, 20, 28, 50, 100, 128], 5, 200)
    layers, both = r.choice([1, 1, 2]), r.yes(0.25)
    net = layer(kind, inputs=inputs, hidden=hidden, layers=layers, bidirectional=both)
    words = f"{kind.upper()} {inputs} to {hidden}, {steps} steps, batch {n}, {layers} layers"
    return words + (", both ways" if both else ""), net, {"x": (n, steps, inputs)}


@drawn("LSTM")
def _(r: Draw):
    return recurrent(r, "lstm")


@drawn("GRU")
def _(r: Draw):
    return recurrent(r, "gru")


def rows(r: Draw, low: int, high: int, elements: int = 4_000_000) -> tuple[int, int]:
    """How many rows, and how long they are."""
    length = r.between(low, high)
    return r.between(1, max(1, min(65536, elements // length))), length


@drawn("softmax")
def _(r: Draw):
    kind, form = r.choice(["softmax", "softmax", "log_softmax"]), r.random()
    if form < 0.25:
        channels, image = r.between(2, 150), r.image(14, 224)
        return (f"{kind}, {channels} channels of {by(image)}", layer(kind, axis=1),
                {"x": (1, channels, *image)})
    count, length = rows(r, 2, 64) if form < 0.6 else rows(r, 64, 1_000_000)
    return f"{kind}, {count} rows of {length}", layer(kind, axis=-1), {"x": (count, length)}


@drawn("layer norm")
def _(r: Draw):
    kind = r.choice(["layer_norm", "layer_norm", "rms_norm"])
    size, count = r.channels(16, 2048), r.between(1, 4096)
    name = kind.replace("_", " ")
    return f"{name}, {count} rows of {size}", layer(kind, size=size), {"x": (count, size)}


@drawn("norm of channels")
def _(r: Draw):
    kind, channels = r.choice(["batch", "group", "group", "instance"]), r.channels(16, 512)
    image, n = r.image(7, 128), r.batch(8)
    settings = {"channels": channels}
    if kind == "group":
        settings["groups"] = r.choice([g for g in (1, 2, 4, 8, 16, 32) if channels % g == 0])
    name = f"{kind} norm" + (f" of {settings['groups']} groups" if kind == "group" else "")
    net = layer("group_norm" if kind == "group" else f"{kind}_norm2d", **settings)
    return f"{name}, {channels} of {by(image)}, batch {n}", net, {"x": (n, channels, *image)}


@drawn("activation")
def _(r: Draw):
    kind = r.choice(["relu", "leaky_relu", "elu", "gelu", "gelu", "gelu_tanh", "silu", "silu",
                     "mish", "sigmoid", "tanh", "hard_swish", "softplus"])
    count, length = rows(r, 16, 4096)
    return (f"{kind.replace('_', ' ')}, {count}x{length}", layer(kind), {"x": (count, length)})


@drawn("two operands")
def _(r: Draw):
    kind, (count, length) = r.choice(["add", "add", "multiply"]), rows(r, 16, 4096)
    other = r.choice([(count, length), (count, length), (1, length), (count, 1)])
    return (f"{kind}, {count}x{length} and {by(other)}", layer(kind),
            {"a": (count, length), "b": other})


@drawn("reduction")
def _(r: Draw):
    kind, (count, length) = r.choice(["sum", "mean", "max"]), rows(r, 8, 100_000)
    axis = r.choice([0, 1])
    return (f"{kind} over axis {axis} of {count}x{length}", layer(kind, axis=axis),
            {"x": (count, length)})


@drawn("moving data")
def _(r: Draw):
    channels, image, n = r.channels(8, 256), r.image(7, 112), r.batch(4)
    shape, words = (n, channels, *image), f"{channels} of {by(image)}, batch {n}"
    form = r.choice(["concatenate", "permute", "upsample2d", "upsample2d", "pixel_shuffle"])
    if form == "concatenate":
        other = (n, r.channels(8, 256), *image)
        return (f"{words} joined with {other[1]}", layer(form, axis=1), {"a": shape, "b": other})
    if form == "permute":
        axes = r.choice([[0, 2, 3, 1], [0, 3, 2, 1], [1, 0, 2, 3]])
        return f"{words}, axes as {by(axes)}", layer(form, axes=axes), {"x": shape}
    if form == "pixel_shuffle":
        shape = (n, channels * 4, *image)
        words = f"pixel shuffle, {shape[1]} of {by(image)}, batch {n}"
        return words, layer(form, factor=2), {"x": shape}
    mode = r.choice(["nearest", "linear"])
    return (f"{mode} upsampling by 2, {words}", layer(form, factor=2, mode=mode),
            {"x": shape})


@drawn("embedding")
def _(r: Draw):
    count, size = r.usual([128, 1000, 10_000, 30_522, 50_257], 10, 60_000), r.channels(16, 768)
    n, steps = r.batch(32), r.usual([16, 32, 64, 128, 197, 256, 512], 1, 512)
    return (f"{n}x{steps} of {count} rows of {size}", layer("embedding", count=count, size=size),
            {"token": (n, steps)}, {"below": {"token": count}, "read": n * steps / count})


@drawn("attention")
def _(r: Draw):
    n, heads = r.batch(4), r.usual([1, 2, 3, 4, 6, 8, 12, 16], 1, 16)
    size = r.usual([16, 32, 48, 64, 64, 64, 80, 128], 8, 128)
    queries = r.usual([16, 49, 64, 77, 128, 196, 197, 256, 384, 512], 8, 600)
    keys = queries if r.yes(0.85) else r.usual([49, 64, 77, 197, 256], 8, 400)
    causal = keys == queries and r.yes(0.3)
    words = f"{heads} heads of {size}, {queries} by {keys}, batch {n}"
    return (words + (", causal" if causal else ""), layer("attention", causal=causal),
            {"query": (n, heads, queries, size), "key": (n, heads, keys, size),
             "value": (n, heads, keys, size)})
