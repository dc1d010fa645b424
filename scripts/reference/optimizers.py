"""Optimizers: 20 steps on one small problem in f64, with the parameters after each step.

The problem: x is [6, 4], y is [6, 3], the parameters are weight [3, 4] and bias [3], and the loss
is the mean over all 18 elements of (x @ weight.T + bias - y) ** 2.
"""

import torch

from common import Numbers, case, write

STEPS = 20
numbers = Numbers(seed=2)
problem = {"x": numbers.normal(6, 4), "y": numbers.normal(6, 3, scale=2.0)}
initial = {"weight": numbers.normal(3, 4), "bias": numbers.normal(3)}
cases = []


class Lion(torch.optim.Optimizer):
    """Lion as in "Symbolic discovery of optimization algorithms" (Chen et al., 2023), algorithm 2.

    With gradient g: u = sign(beta1 m + (1 - beta1) g), w -= rate (u + decay w), and only then
    m = beta2 m + (1 - beta2) g.
    """

    def __init__(self, parameters, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(parameters, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (beta1, beta2), rate = group["betas"], group["lr"]
            for w in group["params"]:
                state = self.state[w]
                m = state.setdefault("m", torch.zeros_like(w))
                update = torch.sign(beta1 * m + (1 - beta1) * w.grad)
                w -= rate * (update + group["weight_decay"] * w)
                state["m"] = beta2 * m + (1 - beta2) * w.grad


def add(name, kind, make, clip=None, **attributes):
    """Adds the case of the optimizer that `make` returns for the list [weight, bias].

    `clip` is called with that list between the gradient and the step.
    """
    weight, bias = (initial[n].clone().requires_grad_() for n in ("weight", "bias"))
    optimizer = make([weight, bias])
    record = {"loss": [], "weight": [], "bias": []}
    first = None
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = ((problem["x"] @ weight.T + bias - problem["y"]) ** 2).mean()
        loss.backward()
        first = first or {"weight": weight.grad.clone(), "bias": bias.grad.clone()}
        if clip:
            clip([weight, bias])
        optimizer.step()
        record["loss"].append(loss.item())
        record["weight"].append(weight.tolist())
        record["bias"].append(bias.tolist())
    attributes = {"optimizer": kind, "steps": STEPS, **attributes}
    cases.append(case(name, attributes, problem, initial, record, None, first))


def add_torch(name, kind, optimizer, rate, clip=None, extra=None, **options):
    """Adds an optimizer of torch.optim; `extra` are attributes that are not its options."""
    attributes = {"lr": rate, **options, **(extra or {})}
    if "betas" in attributes:
        attributes["betas"] = list(attributes["betas"])
    add(name, kind, lambda p: optimizer(p, lr=rate, **options), clip, **attributes)


SGD, RMSprop, Adagrad = torch.optim.SGD, torch.optim.RMSprop, torch.optim.Adagrad
Adam, AdamW = torch.optim.Adam, torch.optim.AdamW

add_torch("sgd", "sgd", SGD, 0.1)
add_torch("sgd momentum", "sgd", SGD, 0.05, momentum=0.9)
add_torch("sgd momentum dampening", "sgd", SGD, 0.05, momentum=0.9, dampening=0.5)
add_torch("sgd nesterov", "sgd", SGD, 0.05, momentum=0.9, nesterov=True)
add_torch("sgd weight decay", "sgd", SGD, 0.1, weight_decay=0.1)
add_torch(
    "sgd nesterov weight decay",
    "sgd",
    SGD,
    0.05,
    momentum=0.9,
    nesterov=True,
    weight_decay=0.1,
)

add_torch("rmsprop", "rmsprop", RMSprop, 0.05, alpha=0.99, eps=1e-8)
add_torch("rmsprop centered", "rmsprop", RMSprop, 0.05, alpha=0.9, eps=1e-8, centered=True)
add_torch("rmsprop momentum", "rmsprop", RMSprop, 0.01, alpha=0.99, eps=1e-8, momentum=0.9)
add_torch("rmsprop weight decay", "rmsprop", RMSprop, 0.05, alpha=0.99, eps=1e-8, weight_decay=0.1)

add_torch("adagrad", "adagrad", Adagrad, 0.2, eps=1e-10)
add_torch(
    "adagrad decay",
    "adagrad",
    Adagrad,
    0.2,
    lr_decay=0.05,
    weight_decay=0.1,
    initial_accumulator_value=0.1,
    eps=1e-10,
)

add_torch("adam", "adam", Adam, 0.05, betas=(0.9, 0.999), eps=1e-8)
add_torch("adam other constants", "adam", Adam, 0.1, betas=(0.5, 0.9), eps=1e-3)
add_torch("adam amsgrad", "adam", Adam, 0.2, betas=(0.5, 0.6), eps=1e-8, amsgrad=True)
add_torch("adam weight decay", "adam", Adam, 0.05, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1)
add_torch("adamw", "adamw", AdamW, 0.05, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1)
add_torch(
    "adamw amsgrad",
    "adamw",
    AdamW,
    0.2,
    betas=(0.5, 0.6),
    eps=1e-8,
    weight_decay=0.1,
    amsgrad=True,
)
add_torch("lion", "lion", Lion, 0.02, betas=(0.9, 0.99))
add_torch("lion weight decay", "lion", Lion, 0.02, betas=(0.9, 0.99), weight_decay=0.1)

# The norm falls from 4.0 through the limit, so some steps are clipped and some are not.
add_torch(
    "sgd clip norm",
    "sgd",
    SGD,
    0.1,
    clip=lambda p: torch.nn.utils.clip_grad_norm_(p, 3.0),
    extra={"clip_norm": 3.0},
)
add_torch(
    "sgd clip value",
    "sgd",
    SGD,
    0.1,
    clip=lambda p: torch.nn.utils.clip_grad_value_(p, 0.25),
    extra={"clip_value": 0.25},
)
add_torch(
    "adam clip norm",
    "adam",
    Adam,
    0.05,
    clip=lambda p: torch.nn.utils.clip_grad_norm_(p, 0.5),
    extra={"clip_norm": 0.5},
    betas=(0.9, 0.999),
    eps=1e-8,
)

write("optimizers", cases)
