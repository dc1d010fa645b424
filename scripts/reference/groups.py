"""Groups of parameters: 20 steps of one small problem in f64 with PyTorch's parameter groups and
one norm over all of them.

The problem is that of optimizers.py. A third parameter, `idle`, is in a group but not in the loss.
"""

import torch

from common import Numbers, case, write

STEPS = 20
numbers = Numbers(seed=14)
problem = {"x": numbers.normal(6, 4), "y": numbers.normal(6, 3, scale=2.0)}
initial = {"weight": numbers.normal(3, 4), "bias": numbers.normal(3), "idle": numbers.normal(2)}
cases = []


def add(name, make, limit=None):
    """Adds the case of the optimizers that `make` returns for the three parameters by name."""
    leaves = {n: v.clone().requires_grad_() for n, v in initial.items()}
    optimizers = make(leaves)
    record = {"loss": [], **{n: [] for n in leaves}}
    for _ in range(STEPS):
        for optimizer in optimizers:
            optimizer.zero_grad()
        weight, bias = leaves["weight"], leaves["bias"]
        loss = ((problem["x"] @ weight.T + bias - problem["y"]) ** 2).mean()
        loss.backward()
        if limit:
            torch.nn.utils.clip_grad_norm_(list(leaves.values()), limit)
        for optimizer in optimizers:
            optimizer.step()
        record["loss"].append(loss.item())
        for name_, leaf in leaves.items():
            record[name_].append(leaf.tolist())
    cases.append(case(name, {"limit": limit or 0.0}, problem, initial, record))


def group(leaf, **options):
    """Returns one group."""
    return {"params": [leaf], **options}


add("two rates of adam", lambda p: [
    torch.optim.Adam([group(p["weight"], lr=0.05, weight_decay=0.1),
                      group(p["bias"], lr=0.2), group(p["idle"], lr=0.1, weight_decay=0.1)])], 0.5)
add("two rates of sgd", lambda p: [
    torch.optim.SGD([group(p["weight"], lr=0.05, momentum=0.9),
                     group(p["bias"], lr=0.1, weight_decay=0.1),
                     group(p["idle"], lr=0.1, momentum=0.9)])])
add("two optimizers", lambda p: [
    torch.optim.AdamW([p["weight"]], lr=0.05, weight_decay=0.1),
    torch.optim.SGD([p["bias"], p["idle"]], lr=0.1, momentum=0.9)], 1.0)

write("groups", cases)
