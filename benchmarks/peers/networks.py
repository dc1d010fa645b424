"""The networks of models/ in PyTorch, with the same names of parameters."""

import torch
import torch.nn.functional as F
from torch import nn

from peers.described import module
from peers.work import Missing, Work
from sweep.layers import Layer

TORCHVISION = {"resnet18": {}, "resnet50": {}, "vgg16": {}, "mobilenet_v2": {},
               "efficientnet_b0": {}, "googlenet": {"aux_logits": False, "init_weights": False}}


class Linear(nn.Module):
    """A linear layer whose weight is [inputs, outputs], as in GPT-2."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(inputs, outputs))
        self.bias = nn.Parameter(torch.empty(outputs))

    def forward(self, x):
        """Applies the layer to the last axis."""
        return torch.addmm(self.bias, x.reshape(-1, x.shape[-1]), self.weight).reshape(
            *x.shape[:-1], -1)


class Attention(nn.Module):
    """Attention of a text to itself, or of its newest token to those kept."""

    def __init__(self, width: int, heads: int, kept: int):
        super().__init__()
        self.c_attn, self.c_proj = Linear(width, 3 * width), Linear(width, width)
        self.heads = heads
        if kept:
            # As gcomp's caches: zeros at first, and in no file.
            for name in ("keys", "values"):
                self.register_buffer(name, torch.zeros(heads, kept, width // heads),
                                     persistent=False)

    def forward(self, x, position=None):
        """Reads [batch, steps, width], or [1, 1, width] with a position."""
        batch, steps, width = x.shape
        q, k, v = (part.reshape(batch, steps, self.heads, -1).transpose(1, 2)
                   for part in self.c_attn(x).chunk(3, dim=-1))
        if position is None:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            self.keys.index_copy_(1, position, k[0])
            self.values.index_copy_(1, position, v[0])
            seen = torch.arange(self.keys.shape[1])[None, None, None] <= position
            y = F.scaled_dot_product_attention(q, self.keys[None], self.values[None], seen)
        return self.c_proj(y.transpose(1, 2).reshape(batch, steps, width))


class FeedForward(nn.Module):
    """Two linear layers for each token."""

    def __init__(self, width: int):
        super().__init__()
        self.c_fc, self.c_proj = Linear(width, 4 * width), Linear(4 * width, width)

    def forward(self, x):
        """Applies both."""
        return self.c_proj(F.gelu(self.c_fc(x), approximate="tanh"))


class Block(nn.Module):
    """One layer of GPT-2."""

    def __init__(self, width: int, heads: int, kept: int):
        super().__init__()
        self.ln_1, self.attn = nn.LayerNorm(width), Attention(width, heads, kept)
        self.ln_2, self.mlp = nn.LayerNorm(width), FeedForward(width)

    def forward(self, x, position=None):
        """Applies the layer."""
        x = x + self.attn(self.ln_1(x), position)
        return x + self.mlp(self.ln_2(x))


class GPT2(nn.Module):
    """GPT-2 with 124M parameters; with `kept`, one token at a time."""

    def __init__(self, kept: int = 0):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(50257, 768), nn.Embedding(1024, 768)
        self.h = nn.ModuleList(Block(768, 12, kept) for _ in range(12))
        self.ln_f = nn.LayerNorm(768)

    def forward(self, token, position=None):
        """Returns the scores of the next token after each."""
        places = torch.arange(token.shape[-1]) if position is None else position
        x = self.wte(token) + self.wpe(places)
        for block in self.h:
            x = block(x, position)
        return self.ln_f(x) @ self.wte.weight.T


def mlp() -> nn.Module:
    """models/mlp.swift."""
    return nn.Sequential(nn.Linear(784, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU(),
                         nn.Linear(1024, 10))


def lenet5() -> nn.Module:
    """models/lenet5.swift."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84),
        nn.ReLU(), nn.Linear(84, 10))


def network(work: Work) -> nn.Module:
    """The network of a program with the weights of its file."""
    name = work.program.removesuffix("_train")
    if work.described:
        net = module(Layer.from_json(work.described["net"]))
    elif name in TORCHVISION:
        try:
            import torchvision
        except ImportError:
            raise Missing("torchvision, which has the network, is not installed") from None
        net = getattr(torchvision.models, name)(weights=None, **TORCHVISION[name])
    else:
        makers = {"mlp": mlp, "lenet5": lenet5, "gpt2": lambda: GPT2(0 if work.trains else 256),
                  "lstm": lambda: nn.LSTM(512, 512, 2, batch_first=True)}
        if name not in makers:
            raise Missing(f"there is no network '{name}' in networks.py")
        net = makers[name]()
    net.load_state_dict({key: torch.from_numpy(array.copy())
                         for key, array in work.weights().items()})
    return net.train(work.trains).requires_grad_(work.trains)
