"""Linear algebra: values and gradients by all operands, in f64.

Several results are one vector, one after the other. Vectors whose sign is free get that of GraphKit:
the component that is largest in size is positive.
"""

import torch

from common import Numbers, case, differentiate, write

numbers = Numbers(seed=8)
cases = []


def definite(x):
    """Returns symmetric positive definite matrices."""
    return x @ x.mT + torch.eye(x.shape[-2])


def symmetric(x):
    """Returns symmetric matrices."""
    return x + x.mT


def joined(*tensors):
    """Returns all elements as one vector."""
    return torch.cat([x.flatten() for x in tensors])


def signs(v):
    """Returns the sign of the largest component of each column."""
    place = v.abs().argmax(dim=-2, keepdim=True)
    return v.gather(-2, place).sign().detach()


def eigen(x):
    """Returns eigenvalues, and vectors with their signs fixed."""
    values, v = torch.linalg.eigh(symmetric(x))
    return joined(values, v * signs(v))


def svd(x):
    """Returns the reduced factors, the vectors of the shorter side with their signs fixed."""
    u, s, vh = torch.linalg.svd(x, full_matrices=False)
    wide = x.shape[-2] < x.shape[-1]
    sign = signs(u) if wide else signs(vh.mT)
    return joined(u * sign, s, vh * sign.mT)


def triangle(upper, left, unit):
    """Returns a function that solves equations with a triangle."""
    return lambda a, b: torch.linalg.solve_triangular(
        a + 2 * torch.eye(a.shape[-1]), b, upper=upper, left=left, unitriangular=unit
    )


def add(name, kind, function, *shapes, **attributes):
    """Adds a case with one operand of each shape."""
    inputs = {n: numbers.normal(*shape) for n, shape in zip("ab", shapes)}
    y, seed, gradients = differentiate(function, inputs, {}, numbers)
    cases.append(case(name, {"kind": kind, **attributes}, inputs, {}, {"y": y}, {"y": seed}, gradients))


for shape in [(3, 3), (2, 4, 4), (1, 1), (12, 12)]:
    size = "x".join(map(str, shape))
    add(f"cholesky {size}", "cholesky", lambda a: torch.linalg.cholesky(definite(a)), shape)
    add(f"lu {size}", "lu", lambda a: joined(*torch.linalg.lu(a)), shape)
    add(f"eigen {size}", "eigen", eigen, shape)
    add(f"determinant {size}", "determinant", torch.linalg.det, shape)
    add(f"log determinant {size}", "logdet", lambda a: joined(*torch.linalg.slogdet(a)), shape)
    add(f"inverse {size}", "inverse", torch.linalg.inv, shape)
    add(f"exponential {size}", "exponential", torch.linalg.matrix_exp, shape)
    add(f"power {size}", "power", lambda a: torch.linalg.matrix_power(a, 3), shape)
    add(f"inverse power {size}", "inverse_power", lambda a: torch.linalg.matrix_power(a, -2), shape)
for shape in [(3, 3), (5, 3), (3, 5), (2, 4, 2), (10, 7)]:
    size = "x".join(map(str, shape))
    add(f"qr {size}", "qr", lambda a: joined(*torch.linalg.qr(a)), shape)
    add(f"svd {size}", "svd", svd, shape)
    add(f"pseudo-inverse {size}", "pinv", torch.linalg.pinv, shape)
for upper in [False, True]:
    for left in [False, True]:
        for unit in [False, True]:
            words = f"{'upper' if upper else 'lower'}, {'left' if left else 'right'}"
            add(
                f"triangle {words}{', unit' if unit else ''}",
                "triangle",
                triangle(upper, left, unit),
                (3, 3),
                (3, 2) if left else (2, 3),
                upper=upper,
                left=left,
                unit=unit,
            )
add("solve", "solve", torch.linalg.solve, (4, 4), (4, 2))
add("solve for many", "solve", torch.linalg.solve, (2, 1, 3, 3), (3, 3, 2))
add("exponential of large numbers", "large_exponential", lambda a: torch.linalg.matrix_exp(8 * a), (3, 3))
add("kron", "kron", torch.kron, (2, 3), (3, 2))
add("outer", "outer", torch.outer, (3,), (4,))
add("cross", "cross", lambda a, b: torch.linalg.cross(a, b), (2, 3), (2, 3))
add("trace", "trace", torch.trace, (4, 4))

write("linalg", cases)
