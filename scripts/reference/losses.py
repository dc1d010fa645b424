"""Losses: value and gradient of the first input, in f64."""

import torch
import torch.nn.functional as F

from common import Numbers, case, differentiate, write

numbers = Numbers(seed=4)
cases = []


def add(name, function, inputs, loss, weight=None, **attributes):
    """Adds a loss of input and target; `function` is called with what is in `inputs`."""
    y, seed, gradients = differentiate(function, inputs, {}, numbers)
    gradients = {"input": gradients["input"]}
    parameters = {} if weight is None else weight
    attributes = {"loss": loss, **attributes}
    cases.append(case(name, attributes, inputs, parameters, {"loss": y}, {"loss": seed}, gradients))


def add_regression(name, loss, function, **attributes):
    """Adds a loss of two tensors of one shape, reduced in each of the three ways."""
    for reduction in ["mean", "sum", "none"]:
        inputs = {"input": numbers.normal(3, 4, scale=1.5), "target": numbers.normal(3, 4)}
        add(
            name if reduction == "mean" else f"{name}, {reduction}",
            lambda i, t, r=reduction: function(i, t, r),
            inputs,
            loss,
            reduction=reduction,
            **attributes,
        )


def add_cross_entropy(
    name, shape=(4, 5), weighted=False, smoothing=0.0, ignored=None, reduction="mean"
):
    """Adds a cross entropy of logits and class numbers; the classes are axis 1."""
    classes = shape[1]
    target = numbers.integers(classes, shape[0], *shape[2:])
    if ignored is not None:
        target[0] = ignored
    weight = numbers.positive(classes) if weighted else None
    ignore_index = -100 if ignored is None else ignored

    def function(logits, target):
        return F.cross_entropy(
            logits,
            target,
            weight,
            ignore_index=ignore_index,
            reduction=reduction,
            label_smoothing=smoothing,
        )

    add(
        name,
        function,
        {"input": numbers.normal(*shape, scale=2.0), "target": target},
        "cross_entropy",
        None if weight is None else {"weight": weight},
        reduction=reduction,
        label_smoothing=smoothing,
        ignore_index=ignored,
    )


def add_binary(name, function, loss, reduction="mean", positive_weight=None, probability=False):
    """Adds a binary cross entropy of logits or probabilities."""
    logits = numbers.normal(3, 4, scale=2.0)
    if probability:
        logits = torch.floor(torch.sigmoid(logits) * 254 + 1) / 256
    target = numbers.integers(2, 3, 4).to(torch.float64)
    add(
        name,
        function,
        {"input": logits, "target": target},
        loss,
        None if positive_weight is None else {"pos_weight": positive_weight},
        reduction=reduction,
    )


add_regression("mse", "mse", lambda i, t, r: F.mse_loss(i, t, reduction=r))
add_regression("l1", "l1", lambda i, t, r: F.l1_loss(i, t, reduction=r))
for delta in [0.5, 1.0, 2.0]:
    add_regression(
        f"huber {delta:g}",
        "huber",
        lambda i, t, r, d=delta: F.huber_loss(i, t, reduction=r, delta=d),
        delta=delta,
    )
for beta in [0.5, 1.0]:
    add_regression(
        f"smooth_l1 {beta:g}",
        "smooth_l1",
        lambda i, t, r, b=beta: F.smooth_l1_loss(i, t, reduction=r, beta=b),
        beta=beta,
    )

add_cross_entropy("cross_entropy")
add_cross_entropy("cross_entropy, sum", reduction="sum")
add_cross_entropy("cross_entropy, none", reduction="none")
add_cross_entropy("cross_entropy label smoothing", smoothing=0.1)
add_cross_entropy("cross_entropy class weights", weighted=True)
add_cross_entropy("cross_entropy label smoothing and class weights", weighted=True, smoothing=0.1)
add_cross_entropy("cross_entropy ignored class", ignored=2)
add_cross_entropy("cross_entropy of a sequence", shape=(2, 5, 3))

probabilities = torch.tensor([[0.5, 0.25, 0.125, 0.125], [0.0, 0.0, 1.0, 0.0], [0.25] * 4])
add(
    "cross_entropy of probabilities",
    lambda i, t: F.cross_entropy(i, t),
    {"input": numbers.normal(3, 4, scale=2.0), "target": probabilities},
    "cross_entropy_probabilities",
    reduction="mean",
    label_smoothing=0.0,
)

for reduction in ["mean", "sum"]:
    weight = numbers.positive(5)
    suffix = "" if reduction == "mean" else ", sum"
    for used, label in [(None, "nll"), (weight, "nll class weights")]:
        add(
            label + suffix,
            lambda i, t, w=used, r=reduction: F.nll_loss(i, t, w, reduction=r),
            {"input": -numbers.positive(4, 5), "target": numbers.integers(5, 4)},
            "nll",
            None if used is None else {"weight": used},
            reduction=reduction,
        )

bce_logits = F.binary_cross_entropy_with_logits
positive = numbers.positive(4) * 2
add_binary("binary_cross_entropy_with_logits", bce_logits, "binary_cross_entropy_with_logits")
add_binary(
    "binary_cross_entropy_with_logits, sum",
    lambda i, t: bce_logits(i, t, reduction="sum"),
    "binary_cross_entropy_with_logits",
    reduction="sum",
)
add_binary(
    "binary_cross_entropy_with_logits pos_weight",
    lambda i, t: bce_logits(i, t, pos_weight=positive),
    "binary_cross_entropy_with_logits",
    positive_weight=positive,
)
large = {
    "input": torch.tensor([-800.0, -30.0, 30.0, 800.0]),
    "target": torch.tensor([0.0, 1.0, 0.0, 1.0]),
}
add(
    "binary_cross_entropy_with_logits of large numbers",
    bce_logits,
    large,
    "binary_cross_entropy_with_logits",
    reduction="mean",
)
add_binary("binary_cross_entropy", F.binary_cross_entropy, "binary_cross_entropy", probability=True)

targets = torch.tensor([[0.5, 0.25, 0.125, 0.125], [0.25] * 4, [0.125, 0.625, 0.125, 0.125]])
for reduction in ["batchmean", "mean", "sum", "none"]:
    add(
        f"kl_div, {reduction}",
        lambda i, t, r=reduction: F.kl_div(i, t, reduction=r),
        {"input": -numbers.positive(3, 4), "target": targets},
        "kl_div",
        reduction=reduction,
        log_target=False,
    )
add(
    "kl_div log target, batchmean",
    lambda i, t: F.kl_div(i, t, reduction="batchmean", log_target=True),
    {"input": -numbers.positive(3, 4), "target": -numbers.positive(3, 4)},
    "kl_div",
    reduction="batchmean",
    log_target=True,
)

signs = numbers.integers(2, 3, 4).to(torch.float64) * 2 - 1
add(
    "hinge_embedding",
    lambda i, t: F.hinge_embedding_loss(i, t, margin=1.0),
    {"input": numbers.normal(3, 4), "target": signs},
    "hinge_embedding",
    reduction="mean",
    margin=1.0,
)
for power in [1, 2]:
    add(
        "multi_margin" if power == 1 else "multi_margin squared",
        lambda i, t, p=power: F.multi_margin_loss(i, t, p=p, margin=1.0),
        {"input": numbers.normal(4, 5), "target": numbers.integers(5, 4)},
        "multi_margin",
        reduction="mean",
        power=power,
        margin=1.0,
    )
# PyTorch has no loss of this name: mean(max(0, 1 - input * target)), target -1 or 1.
add(
    "hinge",
    lambda i, t: torch.clamp(1 - i * t, min=0).mean(),
    {"input": numbers.normal(3, 4), "target": signs},
    "hinge",
    reduction="mean",
    margin=1.0,
)



def add_more(name, loss, function, x=None, target=None, **attributes):
    """Adds a loss reduced in each of the three ways."""
    for reduction in ["mean", "sum", "none"]:
        inputs = {
            "input": numbers.normal(4, 5) if x is None else x,
            "target": numbers.normal(4, 5) if target is None else target,
        }
        add(
            f"{name}, {reduction}",
            lambda i, t, r=reduction: function(i, t, reduction=r),
            inputs,
            loss,
            reduction=reduction,
            **attributes,
        )


def sign(x):
    """Returns 1 where a number is positive, else -1."""
    return torch.where(x > 0, 1.0, -1.0)


counts = numbers.integers(4, 4, 5).to(torch.float64)
plus = numbers.integers(2, 4, 5).to(torch.float64) * 2 - 1
add_more(
    "poisson_nll", "poisson_nll", F.poisson_nll_loss, target=counts, log_input=True, full=False
)
add_more(
    "poisson_nll full",
    "poisson_nll",
    lambda i, t, reduction: F.poisson_nll_loss(i, t, False, True, reduction=reduction),
    numbers.positive(4, 5),
    counts,
    log_input=False,
    full=True,
)
# The variance is the square of the target, for want of a third input.
add_more(
    "gaussian_nll",
    "gaussian_nll",
    lambda i, t, reduction: F.gaussian_nll_loss(i, t, t * t, True, reduction=reduction),
    full=True,
)
add_more(
    "soft_margin",
    "soft_margin",
    lambda i, t, reduction: F.soft_margin_loss(i, t.detach(), reduction=reduction),
    target=plus,
)
add_more(
    "multi_label_soft_margin",
    "multi_label_soft_margin",
    F.multilabel_soft_margin_loss,
    target=(plus + 1) / 2,
)
add_more(
    "multi_margin 2",
    "multi_margin",
    lambda i, t, reduction: F.multi_margin_loss(i, t, 2, 0.5, reduction=reduction),
    target=numbers.integers(5, 4),
    power=2,
    margin=0.5,
)
labels = [[3, 0, -1, 1, 2], [4, -1, 0, 0, 0], [1, 2, 3, -1, 0], [-1, 0, 0, 0, 0]]
add_more(
    "multi_label_margin",
    "multi_label_margin",
    F.multilabel_margin_loss,
    target=torch.tensor(labels),
)
add_more(
    "margin_ranking",
    "margin_ranking",
    lambda i, t, reduction: F.margin_ranking_loss(i, t, sign(t), 0.25, reduction=reduction),
    margin=0.25,
)
add_more(
    "cosine_embedding",
    "cosine_embedding",
    lambda i, t, reduction: F.cosine_embedding_loss(i, t, sign(t[:, 0]), 0.1, reduction=reduction),
    margin=0.1,
)
add_more(
    "triplet_margin",
    "triplet_margin",
    lambda i, t, reduction: F.triplet_margin_loss(i, t, -t, 2.0, reduction=reduction),
    margin=2.0,
    swap=False,
)
add_more(
    "triplet_margin swap",
    "triplet_margin",
    lambda i, t, reduction: F.triplet_margin_loss(i, t, i * t, swap=True, reduction=reduction),
    margin=1.0,
    swap=True,
)

write("losses", cases)
