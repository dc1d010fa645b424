#!/usr/bin/env python3
"""Trains the net of model.swift in PyTorch: writes its first weights, prints its first losses.

    python3 twin.py
    gcomp train model.swift -- --init start.safetensors --steps 6 --log steps.csv

Needs torch, numpy and safetensors. The order of examples is that of seed 0.
"""

import csv
import os
import sys

import numpy as np
import torch
from safetensors.torch import save_file

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..", "..")
sys.path.insert(0, os.path.join(ROOT, "scripts", "reference"))

from batches import batches, split  # noqa: E402

torch.manual_seed(0)
shapes = {"w1": (8, 4), "b1": (8,), "w2": (3, 8), "b2": (3,)}
net = {name: torch.randn(shape) * 0.5 for name, shape in shapes.items()}
save_file(net, os.path.join(HERE, "start.safetensors"))

with open(os.path.join(ROOT, "examples", "data", "iris", "iris.csv")) as file:
    rows = list(csv.reader(file))[1:]
names = sorted({row[4] for row in rows})
x = torch.tensor([[float(v) for v in row[:4]] for row in rows])
x = (x - torch.tensor([5.8, 3.1, 3.8, 1.2])) / torch.tensor([0.8, 0.4, 1.8, 0.8])
y = torch.tensor([names.index(row[4]) for row in rows])

for weight in net.values():
    weight.requires_grad_()
losses = []
for step, batch in enumerate(batches(split(150, 0.2)[0], 20, seed=0, epoch=0)):
    hidden = torch.sigmoid(x[batch] @ net["w1"].T + net["b1"])
    loss = torch.nn.functional.cross_entropy(hidden @ net["w2"].T + net["b2"], y[batch])
    slopes = torch.autograd.grad(loss, net.values())
    with torch.no_grad():
        for weight, slope in zip(net.values(), slopes):
            weight -= 0.5 * slope
    losses.append(loss.item())
    print(f"{step + 1},{losses[-1]:.7f}")
print(f"mean {np.mean(losses):.6f}")
