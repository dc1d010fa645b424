"""Loops and branches, written as loops of Python: outputs and gradients, in f64."""

import torch
from torch import nn

from common import ModuleGroup, Numbers

numbers = Numbers(seed=12)
group = ModuleGroup("control", numbers)


class Net(nn.Module):
    """A recurrent net, written by hand."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(4, 3))
        self.u = nn.Parameter(torch.zeros(4, 4))
        self.b = nn.Parameter(torch.zeros(4))

    def step(self, h, x):
        return torch.tanh(x @ self.w.T + h @ self.u.T + self.b)

    def forward(self, h, x, reverse=False):
        states = [None] * len(x)
        for t in reversed(range(len(x))) if reverse else range(len(x)):
            h = self.step(h, x[t])
            states[t] = h
        return {"last": h, "y": torch.stack(states)}


class Counter(nn.Module):
    """A sum that outlives the call."""

    def __init__(self):
        super().__init__()
        self.register_buffer("total", torch.zeros(3))

    def forward(self, x):
        total, sums = self.total.clone(), []
        for row in x:
            total = total * 0.5 + row.detach()
            sums.append(row * total)
        return {"total": total, "y": torch.stack(sums)}


def add(name, call, module=None, **inputs):
    """Adds the case of `call(module, **inputs)`."""
    group.add(name, module or nn.Module(), call, inputs)


def pair(h, g, x):
    """Returns three carries that change places; one is an integer."""
    outputs, count = [], 3
    for t, row in enumerate(x):
        h, g, count = g * row, h + row * row * count, count + 2
        outputs.append(h * g + t)
    return {"h": h, "g": g, "y": torch.stack(outputs)}


def nested(h, x, w):
    """Returns what a loop in a loop gives."""
    outer = []
    for block in x:
        g, inner = h, []
        for row in block:
            g = torch.sin(g * w + row)
            inner.append(g * h)
        h = g
        outer.append(torch.stack(inner).sum(0))
    return {"last": h, "y": torch.stack(outer)}


def branch(h, x):
    """Returns what a loop gives whose steps differ."""
    outputs = []
    for t, row in enumerate(x):
        h = torch.sin(h) * row if t < 2 or h.sum() > 0 else h + row * row
        outputs.append(h)
    return {"y": torch.stack(outputs)}


def power(x):
    """Returns a product that depends on the number of the step."""
    y = x
    for t in range(5):
        y = y * x / (t + 1)
    return {"y": y}


def newton(x):
    """Returns square roots."""
    y = x
    while (y * y - x).abs().max() > 1e-13:
        y = (y + x / y) / 2
    return {"y": y.detach()}


def collatz(n):
    """Returns how many steps lead to 1, and the largest number on the way."""
    number, count, largest = int(n), 0, int(n)
    while number != 1:
        number = 3 * number + 1 if number % 2 else number // 2
        count, largest = count + 1, max(largest, number)
    return {"count": torch.tensor(count), "largest": torch.tensor(largest)}


def slope(m, h, x):
    """Returns the gradient of what a loop gives; its own gradient is a second one."""
    y = m(h, x)["y"]
    return {"y": torch.autograd.grad((y * y).sum(), x, create_graph=True)[0]}


def choose(m, x, test):
    """Returns what a loop gives that is run only if it is asked for."""
    y = m(torch.zeros(2, 4), x)["last"] if test else x.sum(0) @ m.w.T
    return {"y": y}


h, x = numbers.normal(2, 4), numbers.normal(7, 2, 3)
for name in ["net", "net_checkpoints"]:
    add(name, lambda m, h, x: m(h, x), Net(), h=h, x=x)
    add(name + "_reversed", lambda m, h, x: m(h, x, reverse=True), Net(), h=h, x=x)
add("net_last_only", lambda m, h, x: {"last": m(h, x)["last"]}, Net(), h=h, x=x)
add("net_second_gradient", slope, Net(), h=h, x=x)
add("net_second_gradient_checkpoints", slope, Net(), h=h, x=x)
add("several_carries", lambda m, **i: pair(**i), h=numbers.normal(2), g=numbers.normal(2),
    x=numbers.normal(4, 2))
add("nested", lambda m, **i: nested(**i), h=numbers.normal(2), x=numbers.normal(3, 4, 2),
    w=numbers.normal(2))
add("branch_in_loop", lambda m, **i: branch(**i), h=numbers.normal(2), x=numbers.normal(6, 2))
add("loop_in_branch", choose, Net(), x=x, test=torch.tensor(True))
add("loop_in_other_branch", choose, Net(), x=x, test=torch.tensor(False))
add("number_of_the_step", lambda m, x: power(x), x=numbers.normal(3))
add("loop_without_carries",
    lambda m, x: {"y": torch.stack([torch.sin(r) * t for t, r in enumerate(x)])},
    x=numbers.normal(4, 3))
add("net_whole_checkpoints", lambda m, h, x: m(h, x), Net(), h=h, x=numbers.normal(6, 2, 3))


def reshaped(h, x):
    """Returns what a loop gives that sees arrays under other shapes."""
    h, x, y = h.reshape(2, 4), x.reshape(3, 2, 4), []
    for row in x:
        h = torch.sin(h + row)
        y.append(h * row)
    return {"last": h.reshape(8), "y": torch.stack(y).reshape(12, 2)}


add("other_shapes", lambda m, **i: reshaped(**i), h=numbers.normal(8), x=numbers.normal(6, 4))
add("newton", lambda m, x: newton(x), x=numbers.positive(4))
add("collatz", lambda m, n: collatz(n), n=torch.tensor(27))
add("collatz_of_one", lambda m, n: collatz(n), n=torch.tensor(1))
add("state_in_loop", lambda m, x: m(x), Counter(), x=numbers.normal(5, 3))

group.write()
