"""One piece of random work, and how its sizes are drawn."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import exp, log, prod

from sweep.layers import KINDS, Layer, Shape

# What people write most, and what they write now and then.
CHANNELS = [8, 16, 24, 32, 40, 48, 64, 72, 80, 96, 112, 128, 144, 160, 192, 240, 256, 288, 320,
            384, 480, 512, 576, 640, 672, 728, 768, 960, 1024, 1152, 1280, 1536, 2048]
SIDES = [4, 6, 7, 8, 10, 12, 13, 14, 16, 17, 19, 20, 24, 26, 28, 32, 35, 38, 40, 48, 52, 56, 64, 75,
         76, 80, 96, 104, 112, 128, 149, 150, 160, 192, 208, 224, 256, 299, 320, 384, 416, 512]


class Draw(random.Random):
    """Random sizes from the distributions that people use, and beyond."""

    def between(self, low: int, high: int) -> int:
        """A number that is as likely to be small as large: its logarithm is uniform."""
        return min(high, max(low, round(exp(self.uniform(log(low), log(high))))))

    def usual(self, numbers: list[int], low: int, high: int) -> int:
        """One of some numbers within bounds; each fifth time any number."""
        if self.random() < 0.2:
            return self.between(low, high)
        return self.choice([n for n in numbers if low <= n <= high])

    def channels(self, low: int = 8, high: int = 1024) -> int:
        """A number of channels."""
        return self.usual(CHANNELS, low, high)

    def image(self, low: int = 7, high: int = 224) -> tuple[int, int]:
        """Height and width, which mostly are equal."""
        side = self.usual(SIDES, low, high)
        return (side, side) if self.random() < 0.85 else (side, self.usual(SIDES, low, high))

    def batch(self, high: int = 16) -> int:
        """A number of examples, mostly 1."""
        return 1 if self.random() < 0.6 else self.usual([2, 4, 8, 16, 32, 64], 1, high)

    def yes(self, share: float) -> bool:
        """True in a share of all draws."""
        return self.random() < share


def by(sizes: Iterable[int]) -> str:
    """Sizes as people write them."""
    return "x".join(map(str, sizes))


@dataclass
class Case:
    """A layer or net, with inputs of fixed shapes."""

    title: str  # its class
    words: str
    net: Layer
    inputs: dict[str, Shape]
    below: dict[str, int] = field(default_factory=dict)  # what integers are below
    kind: str = "call"  # or train
    optimizer: str = ""
    label: str = ""  # how files and functions call it
    function: str = ""  # its function in the model
    given: dict[str, int] = field(default_factory=dict)
    tolerance: float = 1e-4
    # The share of the weights that is read; of a table, a few rows.
    read: float = 1.0

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of what the net is called with."""
        return tuple(shape for name, shape in self.inputs.items() if name != "target")

    @property
    def output(self) -> Shape:
        """The shape of the result."""
        return self.net.shape(*self.shapes)

    @property
    def operations(self) -> float:
        """Floating-point operations of one run; the way back takes twice those of the way there."""
        return self.net.operations(*self.shapes) * (3 if self.kind == "train" else 1)

    @property
    def array_bytes(self) -> float:
        """The bytes of inputs and output."""
        outputs = 0 if self.kind == "train" else prod(self.output)
        return 4.0 * (sum(map(prod, self.inputs.values())) + outputs)

    def bytes(self, weights: float) -> float:
        """The bytes that one run must read and write at least, if the weights take so many."""
        passes = {"": 1, "momentum": 4, "adam": 6}[self.optimizer]
        return self.array_bytes + weights * self.read * passes

    @property
    def operands(self) -> tuple[str, ...]:
        """The names of the operands of a function of several tensors."""
        return KINDS[self.net.kind].operands

    def as_json(self) -> dict:
        """What a peer needs to make the same net."""
        names = [name for name in self.inputs if name != "target"]
        return {"net": self.net.as_json(), "inputs": names, "prefix": f"{self.label}.",
                "optimizer": self.optimizer}
