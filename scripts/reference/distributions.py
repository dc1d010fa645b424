"""Distributions: log-probability, entropy and divergence, as one vector, in f64."""

import torch
import torch.distributions as D

from common import Numbers, case, differentiate, write

numbers = Numbers(seed=9)
cases = []


def add(family, make, parameters, others, x):
    """Adds a case: two distributions of a family, and a quantity."""
    count = len(parameters)
    inputs = {f"p{i}": p for i, p in enumerate(parameters)}
    inputs.update({f"q{i}": q for i, q in enumerate(others)})

    def function(*tensors):
        p, q = make(*tensors[:count]), make(*tensors[count:])
        parts = [p.log_prob(x), p.entropy(), D.kl_divergence(p, q)]
        return torch.cat([part.flatten() for part in parts])

    y, seed, gradients = differentiate(function, inputs, {}, numbers)
    cases.append(
        case(family, {"kind": family}, inputs, {"x": x}, {"y": y}, {"y": seed}, gradients)
    )


def triangles(*shape):
    """Returns lower triangles with a positive diagonal."""
    return torch.tril(numbers.normal(*shape), -1) + torch.diag_embed(numbers.positive(*shape[:-1]))


def shares(*shape):
    """Returns positive numbers that add up to 1."""
    x = numbers.positive(*shape)
    return x / x.sum(-1, keepdim=True)


positive = numbers.positive
scales = torch.tensor([0.05, 0.5, 1.0, 3.0, 7.5, 8.5, 40.0])
add(
    "normal",
    D.Normal,
    [numbers.normal(3, 4), positive(4)],
    [numbers.normal(3, 4), positive(3, 1)],
    numbers.normal(3, 4),
)
add(
    "bernoulli",
    lambda logits: D.Bernoulli(logits=logits),
    [numbers.normal(3, 4, scale=2.0)],
    [numbers.normal(3, 4)],
    numbers.integers(2, 3, 4).to(torch.float64),
)
add(
    "categorical",
    lambda logits: D.Categorical(logits=logits),
    [numbers.normal(3, 5, scale=2.0)],
    [numbers.normal(3, 5)],
    numbers.integers(5, 3),
)
add("gamma", D.Gamma, [scales, positive(7)], [scales.flip(0), positive(7)], positive(7) * 2)
add("beta", D.Beta, [scales, positive(7)], [scales.flip(0), positive(7)], positive(7) / 2)
add("dirichlet", D.Dirichlet, [scales.repeat(2, 1)], [positive(2, 7) * 3], shares(2, 7))
add(
    "multivariate_normal",
    lambda mean, scale: D.MultivariateNormal(mean, scale_tril=scale),
    [numbers.normal(2, 3), triangles(2, 3, 3)],
    [numbers.normal(2, 3), triangles(2, 3, 3)],
    numbers.normal(2, 3),
)

write("distributions", cases)
