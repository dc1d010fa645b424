"""Nets that sweep/layers.py describes, in PyTorch, with the names of parameters that ours have."""

import torch
import torch.nn.functional as F
from torch import nn

from sweep.layers import Layer


class Function(nn.Module):
    """A function of tensors as a module."""

    def __init__(self, call):
        super().__init__()
        self.call = call

    def forward(self, *inputs):
        """Calls the function."""
        return self.call(*inputs)


class Residual(nn.Module):
    """The sum of a body and a shortcut."""

    def __init__(self, body: nn.Module, shortcut: nn.Module):
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x):
        """Adds both."""
        return self.shortcut(x) + self.body(x)


class Gated(nn.Module):
    """A product of the input with what a net makes of it."""

    def __init__(self, gate: nn.Module):
        super().__init__()
        self.gate = gate

    def forward(self, x):
        """Multiplies both."""
        return x * self.gate(x)


class Joined(nn.Module):
    """The channels of all branches."""

    def __init__(self, branches: list[nn.Module]):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        """Joins them."""
        return torch.cat([branch(x) for branch in self.branches], 1)


class SelfAttention(nn.Module):
    """Attention of a sequence to itself."""

    def __init__(self, size: int, heads: int, causal: bool):
        super().__init__()
        self.qkv, self.proj = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.heads, self.causal = heads, causal

    def forward(self, x):
        """Reads [batch, steps, size]."""
        q, k, v = (part.unflatten(2, (self.heads, -1)).transpose(1, 2)
                   for part in self.qkv(x).chunk(3, -1))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=self.causal)
        return self.proj(y.transpose(1, 2).flatten(2))


class LSTM(nn.LSTM):
    """All steps of the last level."""

    def forward(self, x):
        """Reads [batch, steps, size]."""
        return super().forward(x)[0]


class GRU(nn.GRU):
    """All steps of the last level."""

    def forward(self, x):
        """Reads [batch, steps, size]."""
        return super().forward(x)[0]


def convolution(kind):
    """A kind of convolution."""
    return lambda s, _: kind(s["inputs"], s["outputs"], s["kernel"], s["stride"], s["padding"],
                             s["dilation"], s["groups"], s["bias"])


def recurrent(kind):
    """A kind of recurrent layer."""
    return lambda s, _: kind(s["inputs"], s["hidden"], s["layers"], batch_first=True,
                             bidirectional=s["bidirectional"])


def activation(kind, **settings):
    """A layer without parameters."""
    return lambda *_: kind(**settings)


def function(call):
    """A kind that is a function of settings and tensors."""
    return lambda s, _: Function(lambda *inputs: call(s, *inputs))


# The modules for the settings and the parts of each kind.
KINDS = {
    "conv1d": convolution(nn.Conv1d),
    "conv2d": convolution(nn.Conv2d),
    "conv3d": convolution(nn.Conv3d),
    "transposed2d": lambda s, _: nn.ConvTranspose2d(
        s["inputs"], s["outputs"], s["kernel"], s["stride"], s["padding"], s["extra"],
        s["groups"]),
    "max_pool2d": lambda s, _: nn.MaxPool2d(s["kernel"], s["stride"], s["padding"]),
    "avg_pool2d": lambda s, _: nn.AvgPool2d(s["kernel"], s["stride"], s["padding"]),
    "global_pool": lambda *_: nn.AdaptiveAvgPool2d(1),
    "dense": lambda s, _: nn.Linear(s["inputs"], s["outputs"], s["bias"]),
    "layer_norm": lambda s, _: nn.LayerNorm(s["size"]),
    "rms_norm": lambda s, _: nn.RMSNorm(s["size"], 1e-6),
    "batch_norm2d": lambda s, _: nn.BatchNorm2d(s["channels"]),
    "group_norm": lambda s, _: nn.GroupNorm(s["groups"], s["channels"]),
    "instance_norm2d": lambda s, _: nn.InstanceNorm2d(s["channels"], affine=True),
    "embedding": lambda s, _: nn.Embedding(s["count"], s["size"]),
    "lstm": recurrent(LSTM),
    "gru": recurrent(GRU),
    "self_attention": lambda s, _: SelfAttention(s["size"], s["heads"], s["causal"]),
    "softmax": lambda s, _: nn.Softmax(s["axis"]),
    "log_softmax": lambda s, _: nn.LogSoftmax(s["axis"]),
    "upsample2d": lambda s, _: nn.Upsample(
        scale_factor=s["factor"], mode={"linear": "bilinear"}.get(s["mode"], s["mode"])),
    "pixel_shuffle": lambda s, _: nn.PixelShuffle(s["factor"]),
    "mean": function(lambda s, x: x.mean(s["axis"])),
    "sum": function(lambda s, x: x.sum(s["axis"])),
    "max": function(lambda s, x: x.amax(s["axis"])),
    # As ours, the result lies in memory in the new order.
    "permute": function(lambda s, x: x.permute(s["axes"]).contiguous()),
    "flatten": lambda s, _: nn.Flatten(s["axis"]),
    "merge": lambda s, _: nn.Flatten(s["axis"], s["axis"] + 1),
    "last_step": function(lambda s, x: x[:, -1]),
    "sequence": lambda _, parts: nn.Sequential(*parts),
    "residual": lambda _, parts: Residual(*parts),
    "gated": lambda _, parts: Gated(*parts),
    "joined": lambda _, parts: Joined(parts),
    "matmul": function(lambda s, a, b: a @ b),
    "add": function(lambda s, a, b: a + b),
    "multiply": function(lambda s, a, b: a * b),
    "concatenate": function(lambda s, a, b: torch.cat([a, b], s["axis"])),
    "attention": function(lambda s, q, k, v: F.scaled_dot_product_attention(
        q, k, v, is_causal=s["causal"])),
    "relu": activation(nn.ReLU),
    "relu6": activation(nn.ReLU6),
    "leaky_relu": activation(nn.LeakyReLU),
    "elu": activation(nn.ELU),
    "gelu": activation(nn.GELU),
    "gelu_tanh": activation(nn.GELU, approximate="tanh"),
    "silu": activation(nn.SiLU),
    "mish": activation(nn.Mish),
    "sigmoid": activation(nn.Sigmoid),
    "tanh": activation(nn.Tanh),
    "hard_swish": activation(nn.Hardswish),
    "hard_sigmoid": activation(nn.Hardsigmoid),
    "softplus": activation(nn.Softplus),
}


def module(layer: Layer) -> nn.Module:
    """The module of a description, with random weights."""
    return KINDS[layer.kind](layer.settings, [module(part) for part in layer.parts])
