"""The digits model trained for 100 steps: initial weights, order of the examples, and losses.

The model and its recipe are those of examples/digits/model.swift.
"""

import math
import os

import numpy as np
import torch
from safetensors.torch import save
from torch import nn

from batches import batches, split
from common import REFERENCE, ROOT, case, write

SEED, STEPS, BATCH, SHARE = 1, 100, 64, 0.2
RATE, PERIOD, SMOOTHING = 2e-3, STEPS, 0.1


def model():
    """Returns the model with the weights that PyTorch draws."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1, bias=False),
        nn.BatchNorm2d(32),
        nn.SiLU(),
        nn.AvgPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1, bias=False),
        nn.BatchNorm2d(64),
        nn.SiLU(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(256, 64),
        nn.SiLU(),
        nn.Linear(64, 10),
    )


def save_weights(name, tensors):
    """Writes a state dict to `Tests/Reference/<name>.safetensors`."""
    with open(os.path.join(REFERENCE, name + ".safetensors"), "wb") as file:
        file.write(save({key: value.contiguous() for key, value in tensors.items()}))


def schedule(rows):
    """Returns the rows of the batches of the first `STEPS` steps."""
    found, epoch = [], 0
    while len(found) < STEPS:
        found += batches(rows, BATCH, SEED, epoch)
        epoch += 1
    return found[:STEPS]


def train(net, image, label, order):
    """Trains and returns the loss of each step and the rate of its update.

    After t steps of the schedule, PyTorch's rate is RATE * (1 + cos(pi * t / PERIOD)) / 2, up to
    the rounding of the recurrence by which it computes it. The first update has t = 0.
    """
    net.train()
    optimizer = torch.optim.Adam(net.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, PERIOD)
    losses, rates = [], []
    for rows in order:
        loss = nn.functional.cross_entropy(
            net(image[rows]), label[rows], label_smoothing=SMOOTHING
        )
        optimizer.zero_grad()
        loss.backward()
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return losses, rates


def evaluate(net, image, label, rows):
    """Returns the mean loss over `rows` and the share that is classified rightly."""
    net.eval()
    with torch.no_grad():
        logits = net(image[rows])
        loss = nn.functional.cross_entropy(
            logits, label[rows], label_smoothing=SMOOTHING
        ).item()
        return loss, (logits.argmax(1) == label[rows]).to(torch.float64).mean().item()


data = os.path.join(ROOT, "examples", "data", "digits")
pixels = torch.from_numpy(np.load(os.path.join(data, "image.npy")))
label = torch.from_numpy(np.load(os.path.join(data, "label.npy"))).long()
training, held_out = split(len(label), SHARE)
order = schedule(training)

torch.manual_seed(SEED)
torch.set_default_dtype(torch.float32)
initial = model().state_dict()
torch.set_default_dtype(torch.float64)
save_weights("digits-init", initial)

attributes = {
    "seed": SEED,
    "batch": BATCH,
    "steps": STEPS,
    "lr": RATE,
    "period": PERIOD,
    "label_smoothing": SMOOTHING,
    "validation": SHARE,
}
cases = [
    case(
        "order",
        {"seed": SEED, "count": len(label), "validation": SHARE},
        outputs={"training": training, "held_out": held_out, "batches": order[:3] + order[22:23]},
    )
]
for dtype, name in [(torch.float32, "f32"), (torch.float64, "f64")]:
    net = model().to(dtype)
    net.load_state_dict(initial)
    image = pixels.to(dtype) / 16
    losses, rates = train(net, image, label, order)
    loss, accuracy = evaluate(net, image, label, held_out)
    for t, rate in enumerate(rates):
        closed = RATE * (1 + math.cos(math.pi * t / PERIOD)) / 2
        assert math.isclose(rate, closed, rel_tol=1e-13), f"the rate of step {t} is {rate}"
    outputs = {"loss": losses, "held_out_loss": loss, "held_out_accuracy": accuracy}
    cases.append(case(name, {"precision": name, **attributes}, outputs=outputs))
    if name == "f64":
        save_weights("digits-100", net.state_dict())

# How far f32 strays from f64 by rounding alone says what a test may demand of another f32 program.
apart = max(abs(a - b) for a, b in zip(cases[1]["outputs"]["loss"], cases[2]["outputs"]["loss"]))
print(f"largest difference of a loss between f32 and f64: {apart:.2g}")
write("digits", cases)
