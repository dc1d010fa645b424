"""Layers and activations: output, gradient of the input and of every parameter, in f64."""

import torch
import torch.nn.functional as F
from torch import nn

from common import Numbers, case, differentiate, write

numbers = Numbers(seed=3)
cases = []


def add(name, attributes, function, inputs, parameters=None):
    """Adds the case of one function of inputs and parameters."""
    parameters = parameters or {}
    y, seed, gradients = differentiate(function, inputs, parameters, numbers)
    cases.append(case(name, attributes, inputs, parameters, {"y": y}, {"y": seed}, gradients))


def add_linear(name, x_shape, features, bias=True):
    """Adds a Linear layer: y = x @ weight.T + bias."""
    parameters = {"weight": numbers.normal(features, x_shape[-1])}
    if bias:
        parameters["bias"] = numbers.normal(features)
    attributes = {"layer": "linear", "in": x_shape[-1], "out": features, "use_bias": bias}
    add(name, attributes, F.linear, {"x": numbers.normal(*x_shape)}, parameters)


CONVOLUTIONS = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}


def add_convolution(
    name,
    x_shape,
    out,
    kernel,
    stride=None,
    padding=None,
    padding_end=None,
    dilation=None,
    groups=1,
    bias=True,
):
    """Adds a convolution over the axes after the first two of `x_shape`."""
    rank = len(kernel)
    stride, dilation = stride or [1] * rank, dilation or [1] * rank
    padding = padding or [0] * rank
    padding_end = padding_end or padding
    parameters = {"weight": numbers.normal(out, x_shape[1] // groups, *kernel)}
    if bias:
        parameters["bias"] = numbers.normal(out)
    attributes = {
        "layer": f"conv{rank}d",
        "in": x_shape[1],
        "out": out,
        "kernel": kernel,
        "stride": stride,
        "padding": padding,
        "padding_end": padding_end,
        "dilation": dilation,
        "groups": groups,
        "use_bias": bias,
    }
    # F.pad wants the last axis first.
    margins = [m for pair in reversed(list(zip(padding, padding_end))) for m in pair]

    def function(x, weight, bias=None):
        return CONVOLUTIONS[rank](F.pad(x, margins), weight, bias, stride, 0, dilation, groups)

    add(name, attributes, function, {"x": numbers.normal(*x_shape)}, parameters)


def add_transposed(name, x_shape, out, kernel, stride, padding, output_padding, groups=1):
    """Adds a transposed convolution; its weight is [in, out / groups, kh, kw]."""
    parameters = {
        "weight": numbers.normal(x_shape[1], out // groups, *kernel),
        "bias": numbers.normal(out),
    }
    attributes = {
        "layer": "conv_transpose2d",
        "in": x_shape[1],
        "out": out,
        "kernel": kernel,
        "stride": stride,
        "padding": padding,
        "output_padding": output_padding,
        "groups": groups,
        "use_bias": True,
    }

    def function(x, weight, bias):
        return F.conv_transpose2d(x, weight, bias, stride, padding, output_padding, groups)

    add(name, attributes, function, {"x": numbers.normal(*x_shape)}, parameters)


def add_max_pool(name, x_shape, kernel, stride, padding, dilation=(1, 1)):
    """Adds a max pooling whose windows have no ties."""
    attributes = {
        "layer": "max_pool2d",
        "kernel": kernel,
        "stride": stride,
        "padding": padding,
        "dilation": list(dilation),
    }

    def function(x):
        return F.max_pool2d(x, kernel, stride, padding, dilation)

    add(name, attributes, function, {"x": numbers.distinct(*x_shape)})


def add_average_pool(name, x_shape, kernel, stride, padding, count_include_pad):
    """Adds an average pooling."""
    attributes = {
        "layer": "avg_pool2d",
        "kernel": kernel,
        "stride": stride,
        "padding": padding,
        "count_include_pad": count_include_pad,
    }

    def function(x):
        return F.avg_pool2d(x, kernel, stride, padding, False, count_include_pad)

    add(name, attributes, function, {"x": numbers.normal(*x_shape)})


def add_batch_norm_training(name, x_shape, affine=True, momentum=0.1, eps=1e-5):
    """Adds a batch norm in training: two calls, so that the running statistics move twice."""
    channels = x_shape[1]
    x, x2 = numbers.normal(*x_shape), numbers.normal(*x_shape, scale=2.0)
    parameters = {"weight": numbers.positive(channels), "bias": numbers.normal(channels)}
    if not affine:
        parameters = {}
    mean, variance = torch.zeros(channels), torch.ones(channels)

    def function(x, weight=None, bias=None):
        return F.batch_norm(x, mean, variance, weight, bias, True, momentum, eps)

    y, seed, gradients = differentiate(function, {"x": x}, parameters, numbers)
    outputs = {"y": y, "running_mean": mean.clone(), "running_var": variance.clone()}
    y2 = function(x2, *parameters.values())
    outputs.update({"y2": y2, "running_mean2": mean, "running_var2": variance})
    attributes = {
        "layer": "batch_norm",
        "mode": "train",
        "features": channels,
        "eps": eps,
        "momentum": momentum,
        "affine": affine,
    }
    inputs = {"x": x, "x2": x2}
    cases.append(case(name, attributes, inputs, parameters, outputs, {"y": seed}, gradients))


def add_batch_norm_inference(name, x_shape, eps=1e-5):
    """Adds a batch norm that uses its running statistics."""
    channels = x_shape[1]
    mean, variance = numbers.normal(channels), numbers.positive(channels)
    learned = {"weight": numbers.positive(channels), "bias": numbers.normal(channels)}
    inputs = {"x": numbers.normal(*x_shape)}

    def function(x, weight, bias):
        return F.batch_norm(x, mean, variance, weight, bias, False, 0.0, eps)

    y, seed, gradients = differentiate(function, inputs, learned, numbers)
    attributes = {"layer": "batch_norm", "mode": "eval", "features": channels, "eps": eps}
    attributes["affine"] = True
    parameters = {**learned, "running_mean": mean, "running_var": variance}
    cases.append(case(name, attributes, inputs, parameters, {"y": y}, {"y": seed}, gradients))


def add_layer_norm(name, x_shape, normalized, affine=True, eps=1e-5):
    """Adds a layer norm over the last axes."""
    parameters = {"weight": numbers.positive(*normalized), "bias": numbers.normal(*normalized)}
    if not affine:
        parameters = {}
    attributes = {"layer": "layer_norm", "shape": normalized, "eps": eps, "affine": affine}

    def function(x, weight=None, bias=None):
        return F.layer_norm(x, normalized, weight, bias, eps)

    add(name, attributes, function, {"x": numbers.normal(*x_shape)}, parameters)


def add_group_norm(name, x_shape, groups, eps=1e-5):
    """Adds a group norm."""
    channels = x_shape[1]
    parameters = {"weight": numbers.positive(channels), "bias": numbers.normal(channels)}
    attributes = {"layer": "group_norm", "groups": groups, "features": channels, "eps": eps}

    def function(x, weight, bias):
        return F.group_norm(x, groups, weight, bias, eps)

    add(name, attributes, function, {"x": numbers.normal(*x_shape)}, parameters)


def add_rms_norm(name, x_shape, eps=1e-6):
    """Adds a root mean square norm over the last axis."""
    size = x_shape[-1]
    attributes = {"layer": "rms_norm", "shape": [size], "eps": eps}

    def function(x, weight):
        return F.rms_norm(x, [size], weight, eps)

    parameters = {"weight": numbers.positive(size)}
    add(name, attributes, function, {"x": numbers.normal(*x_shape)}, parameters)


def add_embedding(name, count, width, indices, padding_index=None):
    """Adds an embedding; the row `padding_index` gets no gradient."""
    attributes = {
        "layer": "embedding",
        "count": count,
        "width": width,
        "padding_index": padding_index,
    }

    def function(index, weight):
        return F.embedding(index, weight, padding_index)

    parameters = {"weight": numbers.normal(count, width)}
    add(name, attributes, function, {"index": torch.tensor(indices)}, parameters)


def add_activation(name, function, x=None, **attributes):
    """Adds a function of one tensor."""
    x = numbers.normal(3, 5, scale=2.0) if x is None else x
    add(name, {"layer": attributes.pop("layer", name), **attributes}, function, {"x": x})


add_linear("linear", [4, 5], 3)
add_linear("linear without bias", [4, 5], 3, bias=False)
add_linear("linear of three axes", [2, 3, 5], 4)
add_linear("linear of one row", [1, 19], 33)

add_convolution("conv2d", [2, 3, 5, 6], 4, [3, 3])
add_convolution("conv2d 1x1", [2, 3, 4, 4], 5, [1, 1])
add_convolution("conv2d without bias", [1, 2, 5, 5], 3, [3, 3], bias=False)
add_convolution("conv2d padding", [2, 2, 4, 5], 3, [3, 3], padding=[1, 1])
add_convolution(
    "conv2d padding same, even kernel", [1, 2, 5, 5], 3, [2, 4], padding=[0, 1], padding_end=[1, 2]
)
add_convolution("conv2d stride", [2, 2, 7, 6], 3, [3, 3], stride=[2, 2])
add_convolution("conv2d stride that leaves a rest", [1, 2, 8, 7], 3, [3, 3], stride=[3, 2])
add_convolution("conv2d dilation", [1, 2, 7, 8], 3, [3, 3], dilation=[2, 3])
add_convolution("conv2d groups", [2, 4, 5, 5], 6, [3, 3], groups=2)
add_convolution("conv2d depthwise", [2, 4, 5, 5], 4, [3, 3], padding=[1, 1], groups=4)
add_convolution("conv2d depthwise, multiplier 2", [1, 3, 5, 5], 6, [3, 3], groups=3)
add_convolution(
    "conv2d all attributes",
    [2, 4, 8, 9],
    6,
    [3, 2],
    stride=[2, 3],
    padding=[2, 1],
    dilation=[2, 1],
    groups=2,
)
add_convolution("conv1d", [2, 3, 9], 4, [3], stride=[2], padding=[1])
add_convolution("conv3d", [1, 2, 4, 5, 4], 3, [2, 3, 2], stride=[1, 2, 1], padding=[1, 1, 0])
add_transposed("conv_transpose2d", [2, 3, 4, 3], 2, [3, 3], [1, 1], [0, 0], [0, 0])
add_transposed("conv_transpose2d stride", [1, 3, 3, 4], 2, [3, 3], [2, 2], [1, 1], [1, 1])
add_transposed("conv_transpose2d groups", [1, 4, 3, 3], 6, [4, 4], [2, 2], [1, 1], [0, 0], groups=2)

add_max_pool("max_pool2d", [2, 2, 4, 6], [2, 2], [2, 2], [0, 0])
add_max_pool("max_pool2d overlapping, padding", [1, 2, 7, 6], [3, 3], [2, 2], [1, 1])
add_max_pool("max_pool2d dilation", [1, 2, 7, 7], [2, 3], [1, 2], [0, 0], [2, 1])
add_average_pool("avg_pool2d", [2, 2, 4, 6], [2, 2], [2, 2], [0, 0], True)
add_average_pool("avg_pool2d padding counted", [1, 2, 6, 5], [3, 3], [2, 2], [1, 1], True)
add_average_pool("avg_pool2d padding not counted", [1, 2, 6, 5], [3, 3], [2, 2], [1, 1], False)

add_batch_norm_training("batch_norm1d train", [5, 3])
add_batch_norm_training("batch_norm1d train, sequence", [3, 2, 4])
add_batch_norm_training("batch_norm2d train", [3, 2, 3, 4])
add_batch_norm_training("batch_norm2d train, not affine", [2, 3, 2, 3], affine=False)
add_batch_norm_training("batch_norm2d train, other constants", [2, 3, 2, 3], True, 0.25, 1e-3)
add_batch_norm_inference("batch_norm1d eval", [4, 3])
add_batch_norm_inference("batch_norm2d eval", [2, 3, 2, 3])
add_layer_norm("layer_norm", [2, 3, 6], [6])
add_layer_norm("layer_norm two axes", [3, 2, 4], [2, 4])
add_layer_norm("layer_norm not affine", [4, 5], [5], affine=False)
add_group_norm("group_norm", [2, 4, 3, 2], 2)
add_rms_norm("rms_norm", [2, 3, 6])
add_embedding("embedding", 7, 3, [[1, 5, 1], [0, 6, 5]])
add_embedding("embedding padding index", 5, 3, [[0, 2, 2], [4, 0, 1]], padding_index=0)

add_activation("relu", F.relu)
add_activation("relu at zero", F.relu, torch.tensor([[-1.0, 0.0, 1.0]]), layer="relu")
add_activation("leaky_relu", F.leaky_relu, slope=0.01)
add_activation("leaky_relu 0.2", lambda x: F.leaky_relu(x, 0.2), layer="leaky_relu", slope=0.2)
add_activation("elu", F.elu, alpha=1.0)
add_activation("elu 0.5", lambda x: F.elu(x, 0.5), layer="elu", alpha=0.5)
add_activation("selu", F.selu)
add_activation("gelu", F.gelu, approximation="none")
add_activation(
    "gelu tanh", lambda x: F.gelu(x, approximate="tanh"), layer="gelu", approximation="tanh"
)
add_activation("silu", F.silu)
add_activation("mish", F.mish)
add_activation("sigmoid", torch.sigmoid)
add_activation("log_sigmoid", F.logsigmoid)
# The slope of F.hardsigmoid is 1/6 in f32 even for f64.
add_activation("hard_sigmoid", lambda x: torch.clamp(x / 6 + 0.5, 0, 1))
add_activation("hard_swish", F.hardswish)
add_activation("tanh", torch.tanh)
add_activation("softplus", F.softplus, beta=1.0, threshold=20.0)
add_activation(
    "softplus beta 2", lambda x: F.softplus(x, 2.0), layer="softplus", beta=2.0, threshold=20.0
)
add_activation("softmax", lambda x: torch.softmax(x, -1), axis=-1)
add_activation(
    "softmax over the first axis", lambda x: torch.softmax(x, 0), layer="softmax", axis=0
)
add_activation(
    "softmax of large numbers",
    lambda x: torch.softmax(x, -1),
    torch.tensor([[1000.0, 1001.0, 999.0, -1000.0]]),
    layer="softmax",
    axis=-1,
)
add_activation("log_softmax", lambda x: torch.log_softmax(x, -1), axis=-1)
add_activation(
    "log_softmax of large numbers",
    lambda x: torch.log_softmax(x, -1),
    torch.tensor([[1000.0, 1001.0, 999.0, -1000.0]]),
    layer="log_softmax",
    axis=-1,
)



def add_module(name, layer, module, x, **attributes):
    """Adds a module of PyTorch with parameters drawn anew; `x` is a tensor or its shape."""
    parameters = {
        key: numbers.normal(*value.shape) if value.dim() > 1 else numbers.positive(*value.shape)
        for key, value in module.named_parameters()
    }
    x = numbers.normal(*x) if isinstance(x, list) else x
    kind = "x" if x.is_floating_point() else "index"

    def function(x, *values):
        return torch.func.functional_call(module, dict(zip(parameters, values)), (x,))

    add(name, {"layer": layer, **attributes}, function, {kind: x}, parameters)


for mode, rank, shape in [
    ("reflect", 1, [1, 2, 5]),
    ("reflect", 2, [1, 2, 4, 5]),
    ("replicate", 1, [1, 2, 5]),
    ("replicate", 2, [1, 2, 4, 5]),
    ("circular", 1, [1, 2, 5]),
    ("circular", 2, [1, 2, 4, 5]),
    ("circular", 3, [1, 2, 3, 4, 3]),
]:
    padding = [2, 1, 1][:rank]
    attributes = {
        "in": 2,
        "out": 3,
        "kernel": [3] * rank,
        "stride": [1] * rank,
        "padding": padding,
        "padding_end": padding,
        "dilation": [1] * rank,
        "groups": 1,
        "use_bias": True,
        "mode": mode,
    }
    module = getattr(nn, f"Conv{rank}d")(2, 3, 3, padding=padding, padding_mode=mode)
    add_module(f"conv{rank}d {mode}", f"conv{rank}d", module, shape, **attributes)
add_convolution("conv1d groups, dilation", [1, 4, 9], 6, [3], [2], [2], None, [2], 2)
add_convolution("conv3d depthwise", [1, 2, 3, 4, 4], 4, [2, 2, 3], None, [0, 1, 1], groups=2)
for rank, shape, stride, padding, added, dilation, groups in [
    (1, [1, 3, 5], [2], [1], [1], [1], 3),
    (1, [2, 2, 4], [1], [2], [0], [2], 1),
    (1, [1, 2, 4], [2], [0], [2], [3], 1),
    (2, [1, 2, 3, 4], [3, 1], [1, 0], [2, 0], [2, 1], 2),
    (2, [1, 2, 2, 2], [2, 2], [0, 0], [0, 0], [1, 1], 1),
    (3, [1, 2, 2, 3, 2], [2, 1, 2], [0, 1, 1], [1, 0, 1], [1, 1, 2], 1),
]:
    kernel = [3, 4, 2][:rank]
    out = 3 if groups == 1 else groups * 2
    module = getattr(nn, f"ConvTranspose{rank}d")(
        shape[1], out, kernel, stride, padding, added, groups, True, dilation
    )
    attributes = {
        "in": shape[1],
        "out": out,
        "kernel": kernel,
        "stride": stride,
        "padding": padding,
        "output_padding": added,
        "dilation": dilation,
        "groups": groups,
        "use_bias": True,
    }
    name = f"conv_transpose{rank}d {stride} {padding} {added} {dilation} {groups}"
    add_module(name, f"conv_transpose{rank}d", module, shape, **attributes)
module = nn.GroupNorm(3, 6)
attributes = {"groups": 3, "features": 6, "eps": 1e-5}
add_module("group_norm of vectors", "group_norm", module, [4, 6], **attributes)
module = nn.InstanceNorm2d(3, affine=True)
add_module("instance_norm affine", "instance_norm", module, [2, 3, 2, 4], features=3)
module = nn.RMSNorm([2, 3], eps=1e-4)
add_module("rms_norm two axes", "rms_norm", module, [4, 2, 3], shape=[2, 3], eps=1e-4)
add_module("prelu", "prelu", nn.PReLU(), [3, 4], channels=1)
add_module("prelu channels", "prelu", nn.PReLU(3), [2, 3, 2, 2], channels=3)


class BilinearHalves(nn.Bilinear):
    """The form of the first three elements and the others."""

    def forward(self, x):
        return super().forward(x[..., :3], x[..., 3:])


add_module("bilinear", "bilinear", BilinearHalves(3, 4, 2), [2, 3, 7], sizes=[3, 4, 2])
bags = torch.tensor([[0, 3, 3], [2, 1, 4]])
for mode in ["sum", "mean", "max"]:
    for padding in [None, 3]:
        name = f"embedding_bag {mode}" + ("" if padding is None else " padding")
        module = nn.EmbeddingBag(5, 2, mode=mode, padding_idx=padding)
        attributes = {"mode": mode, "padding": padding, "count": 5, "width": 2}
        add_module(name, "embedding_bag", module, bags, **attributes)

write("layers", cases)
