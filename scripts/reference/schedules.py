"""Learning rate schedules: the rate in use at each of 30 steps, counted from 0."""

import torch
from torch.optim import lr_scheduler as s

from common import case, write

STEPS = 30
RATE = 0.1
cases = []


def rates(make, metrics=None):
    """Returns the rates under the schedule that `make` returns for an optimizer."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    schedule = make(optimizer)
    found = []
    for step in range(STEPS):
        found.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        schedule.step(*([metrics[step]] if metrics else []))
    return found


def add(name, kind, make, metrics=None, **attributes):
    """Adds the case of one schedule."""
    attributes = {"schedule": kind, "lr": RATE, **attributes}
    inputs = {"metric": metrics} if metrics else {}
    cases.append(case(name, attributes, inputs, outputs={"rate": rates(make, metrics)}))


add("constant", "constant", lambda o: s.LambdaLR(o, lambda step: 1.0))
add("step", "step", lambda o: s.StepLR(o, 10, 0.1), step_size=10, gamma=0.1)
add("step 7", "step", lambda o: s.StepLR(o, 7, 0.5), step_size=7, gamma=0.5)
add(
    "multi step",
    "multi_step",
    lambda o: s.MultiStepLR(o, [8, 14, 25], 0.3),
    milestones=[8, 14, 25],
    gamma=0.3,
)
add("exponential", "exponential", lambda o: s.ExponentialLR(o, 0.9), gamma=0.9)
for power in [1.0, 2.0]:
    add(
        f"polynomial {power:g}",
        "polynomial",
        lambda o, p=power: s.PolynomialLR(o, 20, p),
        total=20,
        power=power,
    )
for period, least in [(30, 0.0), (30, 0.001), (10, 0.01)]:
    add(
        f"cosine {period}, least {least:g}",
        "cosine",
        lambda o, t=period, m=least: s.CosineAnnealingLR(o, t, m),
        period=period,
        least=least,
    )
add(
    "linear warm-up",
    "linear",
    lambda o: s.LinearLR(o, 0.1, 1.0, 5),
    start_factor=0.1,
    end_factor=1.0,
    total=5,
)


def warm_up_then_cosine(optimizer):
    """Rises for 5 steps from a tenth of the rate, then falls for 25."""
    parts = [s.LinearLR(optimizer, 0.1, 1.0, 5), s.CosineAnnealingLR(optimizer, 25, 0.001)]
    return s.SequentialLR(optimizer, parts, milestones=[5])


add(
    "linear warm-up, then cosine",
    "warm_up_cosine",
    warm_up_then_cosine,
    warm_up=5,
    start_factor=0.1,
    period=25,
    least=0.001,
)

add("cosine over all", "cosine_over_all", lambda o: s.CosineAnnealingLR(o, STEPS, 0.01), least=0.01)
add(
    "linear over all",
    "linear_over_all",
    lambda o: s.LinearLR(o, 1.0, 0.2, STEPS),
    least=0.02,
)
add(
    "polynomial over all",
    "polynomial_over_all",
    lambda o: s.PolynomialLR(o, STEPS, 2.0),
    power=2.0,
)
add(
    "one cycle",
    "one_cycle",
    lambda o: s.OneCycleLR(o, 0.5, total_steps=STEPS),
    peak=0.5,
    part=0.3,
    divisor=25.0,
)
add(
    "one cycle with a longer rise",
    "one_cycle",
    lambda o: s.OneCycleLR(o, 0.2, total_steps=STEPS, pct_start=0.45, div_factor=10),
    peak=0.2,
    part=0.45,
    divisor=10.0,
)


def rise_then_cosine(optimizer):
    """Rises from next to nothing for a fifth of all steps, then falls."""
    parts = [s.LinearLR(optimizer, 1e-20, 1.0, 6), s.CosineAnnealingLR(optimizer, 24)]
    return s.SequentialLR(optimizer, parts, milestones=[6])


add("cosine after a rise", "cosine_after_a_rise", rise_then_cosine, share=0.2)

# Falls, stays, falls a little, rises, falls again and stays: each rule has something to decide.
LOSSES = [
    *[2.0, 1.5, 1.2, 1.0, 1.0, 1.1, 0.99999, 1.05, 1.2, 0.9],
    *[0.85, 0.86, 0.87, 0.88, 0.89, 0.84, 0.84, 0.84, 0.84, 0.84],
    *[0.7, 0.71, 0.72, 0.6995, 0.73, 0.74, 0.75, 0.76, 0.77, 0.78],
]
SCORES = [round(3.0 - x, 5) for x in LOSSES]
PLATEAUS = [
    ("plateau", LOSSES, "min", 0.1, 3, "rel", 1e-4, 0, 0.0),
    ("plateau patience 1, cooldown", LOSSES, "min", 0.5, 1, "rel", 1e-4, 2, 0.0),
    ("plateau absolute threshold, floor", LOSSES, "min", 0.5, 2, "abs", 0.01, 0, 0.02),
    ("plateau patience 0", LOSSES, "min", 0.9, 0, "rel", 1e-4, 0, 0.0),
    ("plateau of a score", SCORES, "max", 0.1, 2, "rel", 1e-4, 1, 1e-4),
]
for name, metrics, mode, factor, patience, threshold_mode, threshold, cooldown, least in PLATEAUS:
    options = {
        "mode": mode,
        "factor": factor,
        "patience": patience,
        "threshold": threshold,
        "threshold_mode": threshold_mode,
        "cooldown": cooldown,
    }
    add(
        name,
        "plateau",
        lambda o, a=options, m=least: s.ReduceLROnPlateau(o, min_lr=m, **a),
        metrics,
        **options,
        least=least,
    )

write("schedules", cases)
