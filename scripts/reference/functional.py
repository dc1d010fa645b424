"""What models write as functions: brackets, convolutions by any filters, layers that run with other
tensors in the place of their parameters. Outputs and gradients by inputs and weights, in f64.
"""

import torch
import torch.nn.functional as F
from torch import nn
from torch.func import functional_call

from common import ModuleGroup, Numbers

numbers = Numbers(seed=13)
group = ModuleGroup("functional", numbers)


def add(name, module, call, **inputs):
    """Adds the case of `call(module, **inputs)`."""
    group.add(name, module, call, inputs)


def add_function(name, function, **inputs):
    """Adds the case of a function that returns a tensor."""
    group.add(name, nn.Module(), lambda m, **inputs: {"y": function(**inputs)}, inputs)


# Brackets.
x = numbers.normal(4, 5, 3)
rows, columns = torch.tensor([[0, 3], [2, 2]]), torch.tensor([4, 1])
add_function("first", lambda x: x[0], x=x)
add_function("last_of_rows", lambda x: x[-1, 1:4], x=x)
add_function("ellipsis", lambda x: x[..., 1], x=x)
add_function("ellipsis_between", lambda x: x[1, ..., -1:], x=x)
add_function("every_second", lambda x: x[:, ::2, 1], x=x)
add_function("backwards", lambda x: x[1:].flip(1)[:, :-1:2], x=x)
add_function("from_the_end", lambda x: x[-3:-1, :2, None, -2:], x=x)
add_function("rows", lambda x, rows: x[rows], x=x, rows=rows)
add_function("columns", lambda x, columns: x[1:, columns, 0], x=x, columns=columns)
add_function("points", lambda x, rows, columns: x[:, columns, rows.clamp(max=2)], x=x, rows=rows,
             columns=columns)
add_function("points_and_slices", lambda x, rows, columns: x[rows, columns, 1:], x=x, rows=rows,
             columns=columns)


def assigned(place):
    """Returns the function that puts v at a place of x."""

    def function(x, v):
        y = x.clone()
        y[place] = v
        return y * y

    return function


def put(name, place, *shape):
    """Adds the assignment of a tensor of some shape."""
    add_function(name, assigned(place), x=x, v=numbers.normal(*shape))


put("put_first", 0, 5, 3)
put("put_last", (-1, slice(1, 4)), 3, 3)
put("put_column", (..., 1), 4, 5)
put("put_one_number", (slice(1, 3), 2), 1)
put("put_every_second", (slice(None), slice(None, None, 2), 1), 4, 3)
put("put_in_steps_of_both", (slice(1, None, 2), slice(4, None, 3)), 2, 1, 3)


def put_backwards(x, v):
    """Puts v at x[1:, ::-2]."""
    y = x.clone()
    y[1:, [4, 2, 0]] = v
    return y * y


def put_at(x, v, columns):
    """Puts v at positions."""
    y = x.clone()
    y[1:, columns, 0] = v
    return y * y


def put_points(x, v, rows, columns):
    """Puts v at points."""
    y = x.clone()
    y[1, rows, columns] = v
    return y * y


def put_masked(x, v):
    """Puts v where x is negative."""
    return torch.where(x < 0, v, x) ** 2


def put_at_a_number(x, v, i):
    """Puts v at one row that is known only at run time."""
    y = x.clone()
    y[i, 1:] = v
    return y * y


add_function("put_backwards", put_backwards, x=x, v=numbers.normal(3, 3, 3))
add_function("put_at", put_at, x=x, v=numbers.normal(3, 2), columns=columns)
add_function("put_points", put_points, x=x, v=numbers.normal(3, 2), columns=torch.tensor([2, 0]),
             rows=torch.tensor([[0, 3], [4, 1], [2, 2]]))
add_function("put_masked", put_masked, x=x, v=numbers.normal(3))
add_function("put_at_a_number", put_at_a_number, x=x, v=numbers.normal(4, 3), i=torch.tensor(2))


# Convolutions.
def convolved(function, **options):
    """Returns the function of an image, filters and perhaps a bias."""
    return lambda x, w, b=None: function(x, torch.tanh(w), b, **options)


add_function("conv1d", convolved(F.conv1d, stride=2, padding=1), x=numbers.normal(2, 3, 7),
             w=numbers.normal(4, 3, 3), b=numbers.normal(4))
add_function("conv2d",
             convolved(F.conv2d, stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2), x=numbers.normal(2, 4, 7, 5), w=numbers.normal(6, 2, 3, 2), b=numbers.normal(6))
add_function("conv2d_same", convolved(F.conv2d, padding="same"), x=numbers.normal(1, 3, 5, 6),
             w=numbers.normal(2, 3, 3, 5))
add_function("conv3d", convolved(F.conv3d, padding=1), x=numbers.normal(1, 2, 3, 4, 5),
             w=numbers.normal(3, 2, 2, 3, 1))
add_function("conv_transpose1d", convolved(F.conv_transpose1d, stride=2, padding=1),
             x=numbers.normal(2, 3, 5), w=numbers.normal(3, 2, 3), b=numbers.normal(2))
add_function("conv_transpose2d",
             convolved(F.conv_transpose2d, stride=(2, 3), padding=(0, 1), output_padding=(1, 2),
                       groups=2, dilation=(2, 1)),
             x=numbers.normal(2, 4, 3, 4), w=numbers.normal(4, 3, 2, 3), b=numbers.normal(6))
add_function("conv_transpose3d", convolved(F.conv_transpose3d), x=numbers.normal(1, 2, 3, 2, 3),
             w=numbers.normal(2, 1, 2, 3, 2))


# Layers with other tensors in the place of their parameters.
def net():
    """Returns a small net."""
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))


def maml(m, x, y, u, v):
    """Returns the loss on (u, v) after one step on (x, y)."""
    weights = dict(m.named_parameters())
    loss = F.mse_loss(m(x), y)
    slopes = torch.autograd.grad(loss, list(weights.values()), create_graph=True)
    fast = {name: w - 0.25 * g for (name, w), g in zip(weights.items(), slopes)}
    return {"inner": loss, "outer": F.mse_loss(functional_call(m, fast, (u,)), v)}


def spectral(m, x, start):
    """Returns what the layer gives with its weight divided by its largest singular value."""
    w, u = m.weight, start
    with torch.no_grad():
        for _ in range(2):
            v = F.normalize(w.T @ u, dim=0)
            u = F.normalize(w @ v, dim=0)
    return {"y": functional_call(m, {"weight": w / (u @ w @ v)}, (x,))}


class Hyper(nn.Module):
    """A net that makes the weight and the bias of a layer, which has parameters of its own too."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Linear(2, 12)
        self.bias = nn.Linear(2, 4)
        self.layer = nn.Linear(3, 4)

    def forward(self, x, z):
        made = {"weight": self.weight(z).reshape(4, 3), "bias": self.bias(z)}
        mixed = {**made, "bias": made["bias"] * self.layer.bias}
        inner = functional_call(self.layer, mixed, (x,))
        return {"y": functional_call(self.layer, made, (x,)) * inner + self.layer(x)}


class Adapter(nn.Module):
    """A layer with a correction of low rank."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(5, 4)
        self.down = nn.Parameter(torch.zeros(2, 5))
        self.up = nn.Parameter(torch.zeros(4, 2))

    def forward(self, x):
        weight = self.layer.weight.detach() + self.up @ self.down * 0.5
        return {"y": functional_call(self.layer, {"weight": weight}, (x,))}


add("maml", net(), maml, x=numbers.normal(5, 3), y=numbers.normal(5, 2), u=numbers.normal(4, 3),
    v=numbers.normal(4, 2))
add("spectral_norm", nn.Linear(3, 4), spectral, x=numbers.normal(2, 3), start=numbers.positive(4))
add("hypernetwork", Hyper(), lambda m, x, z: m(x, z), x=numbers.normal(3, 3), z=numbers.normal(2))
add("low_rank", Adapter(), lambda m, x: m(x), x=numbers.normal(3, 5))


# Cells in a stack, both ways.
class Cells(nn.Module):
    """Two layers of cells, each in both directions; after its end a sequence is 0."""

    def __init__(self, make):
        super().__init__()
        self.cells = nn.ModuleList([make(3), make(8)])
        self.backward = nn.ModuleList([make(3), make(8)])

    def way(self, cell, x, start, lengths, backwards):
        states, outputs = [], torch.zeros(*x.shape[:2], 4)
        for n, length in enumerate(lengths.tolist()):
            state = tuple(s[n : n + 1] for s in start)
            for t in reversed(range(length)) if backwards else range(length):
                state = self.step(cell, x[t, n : n + 1], state)
                outputs = outputs.index_put((torch.tensor([t]), torch.tensor([n])), state[0])
            states.append(torch.cat(state))
        return outputs, torch.stack(states, 1)

    def step(self, cell, x, state):
        if isinstance(cell, nn.LSTMCell):
            return cell(x, state)
        return (cell(x, state[0]),)

    def forward(self, x, lengths, start=None):
        count = 2 if isinstance(self.cells[0], nn.LSTMCell) else 1
        last = []
        for layer in range(2):
            ways = []
            for backwards, cells in enumerate([self.cells, self.backward]):
                begin = [torch.zeros(x.shape[1], 4)] * count
                if start is not None:
                    begin = [start[2 * layer + backwards]]
                y, state = self.way(cells[layer], x, begin, lengths, backwards == 1)
                ways.append(y)
                last.append(state)
            x = torch.cat(ways, -1)
        return {"y": x, **{f"last{i}": torch.stack([s[i] for s in last]) for i in range(count)}}


class Leaky(nn.Module):
    """A cell that is none of PyTorch's: a leaky average of what it sees."""

    def __init__(self, inputs):
        super().__init__()
        self.input = nn.Linear(inputs, 4)
        self.leak = nn.Parameter(torch.zeros(4))

    def forward(self, x, h):
        share = torch.sigmoid(self.leak)
        return h * share + torch.tanh(self.input(x)) * (1 - share)


lengths = torch.tensor([4, 2, 5])
add("cells_lstm", Cells(lambda inputs: nn.LSTMCell(inputs, 4)),
    lambda m, x, lengths: m(x, lengths), x=numbers.normal(5, 3, 3), lengths=lengths)
add("cells_leaky", Cells(Leaky), lambda m, x, lengths, start: m(x, lengths, start),
    x=numbers.normal(5, 3, 3), lengths=lengths, start=numbers.normal(4, 3, 4))

group.write()
