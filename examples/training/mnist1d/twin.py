#!/usr/bin/env python3
"""Trains the CNN of model.swift in PyTorch: writes its first weights, prints its first losses.

    python3 twin.py
    gcomp train model.swift -- --init start.safetensors --steps 20 --log steps.csv

Needs torch, numpy and safetensors. The order of examples is that of seed 0.
"""

import os
import sys

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..", "..")
sys.path.insert(0, os.path.join(ROOT, "scripts", "reference"))

from batches import batches  # noqa: E402

torch.manual_seed(0)
net = nn.Sequential(
    nn.Unflatten(1, (1, 40)),
    nn.Conv1d(1, 25, 5, stride=2, padding=1), nn.ReLU(),
    nn.Conv1d(25, 25, 3, stride=2, padding=1), nn.ReLU(),
    nn.Conv1d(25, 25, 3, stride=2, padding=1), nn.ReLU(),
    nn.Flatten(),
    nn.Linear(125, 10),
)
save_file(net.state_dict(), os.path.join(HERE, "start.safetensors"))

data = os.path.join(ROOT, "examples", "data", "mnist1d", "train")
x = torch.tensor(np.load(os.path.join(data, "signal.npy")).astype(np.float32))
y = torch.tensor(np.load(os.path.join(data, "label.npy")).astype(np.int64))
adam = torch.optim.Adam(net.parameters(), 1e-2)
losses = []
for step, rows in enumerate(batches(range(4000), 100, seed=0, epoch=0)[:20]):
    loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
    adam.zero_grad()
    loss.backward()
    adam.step()
    losses.append(loss.item())
    print(f"{step + 1},{losses[-1]:.7f}")
print(f"mean {np.mean(losses):.6f}")
