"""Scalar functions: integers of all sign combinations, types of results, slopes at their edges."""

import json
import math
import os

import torch

from common import REFERENCE

NARROW = [-128, -127, -100, -7, -3, -2, -1, 0, 1, 2, 3, 7, 100, 127]
WIDE = [-(2**26), -1000, -7, -3, -2, -1, 0, 1, 2, 3, 7, 1000, 2**26]
UNSIGNED = [0, 1, 2, 3, 7, 100, 127, 128, 200, 255]
EDGES = [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 1.5, math.inf, -math.inf, math.nan]
TYPES = {
    "i8": torch.int8, "u8": torch.uint8, "i16": torch.int16, "i32": torch.int32,
    "i64": torch.int64, "f16": torch.float16, "bf16": torch.bfloat16, "f32": torch.float32,
    "f64": torch.float64, "bool": torch.bool,
}
NAMES = {value: key for key, value in TYPES.items()}

INTEGERS = {
    "add": torch.add, "subtract": torch.subtract, "multiply": torch.multiply,
    "divide": lambda a, b: torch.div(a, b, rounding_mode="trunc"),
    "floorDivide": lambda a, b: torch.div(a, b, rounding_mode="floor"),
    "modulo": torch.remainder, "remainder": torch.fmod, "minimum": torch.minimum,
    "maximum": torch.maximum, "bitAnd": torch.bitwise_and, "bitOr": torch.bitwise_or,
    "bitXor": torch.bitwise_xor, "shiftLeft": torch.bitwise_left_shift,
    "shiftRight": torch.bitwise_right_shift,
}
DIVISIONS = {"divide", "floorDivide", "modulo", "remainder"}
UNARY = {
    "absolute": torch.abs, "negate": torch.neg, "sign": torch.sign, "sqrt": torch.sqrt,
    "rsqrt": torch.rsqrt, "relu": torch.relu, "exp": torch.exp, "exp2": torch.exp2,
    "expm1": torch.expm1, "log": torch.log, "log2": torch.log2, "log10": torch.log10,
    "log1p": torch.log1p, "sigmoid": torch.sigmoid, "sin": torch.sin, "cos": torch.cos,
    "tan": torch.tan, "asin": torch.asin, "acos": torch.acos, "atan": torch.atan,
    "sinh": torch.sinh, "cosh": torch.cosh, "tanh": torch.tanh, "asinh": torch.asinh,
    "acosh": torch.acosh, "atanh": torch.atanh, "erf": torch.erf, "erfc": torch.erfc,
    "erfinv": torch.erfinv, "lgamma": torch.lgamma, "digamma": torch.digamma,
    "floor": torch.floor, "ceil": torch.ceil, "round": torch.round, "trunc": torch.trunc,
}
BINARY = {
    "add": torch.add, "subtract": torch.subtract, "multiply": torch.multiply,
    "divide": torch.div, "minimum": torch.minimum, "maximum": torch.maximum,
    "power": torch.pow, "atan2": torch.atan2, "hypot": torch.hypot, "modulo": torch.remainder,
    "remainder": torch.fmod,
    "floorDivide": lambda a, b: torch.div(a, b, rounding_mode="floor"),
}


def text(x):
    """Returns a number as JSON can hold it: infinities and NaN are strings."""
    return x if math.isfinite(x) else str(x)


def numbers(tensor):
    """Returns the elements of a tensor as a list."""
    return [text(x) for x in tensor.tolist()]


def integers():
    """Yields all pairs of some integers under each function; shifts are below the width."""
    for name, values in [
        ("i8", NARROW), ("u8", UNSIGNED), ("i16", WIDE[1:-1]), ("i32", WIDE), ("i64", WIDE)
    ]:
        kind = TYPES[name]
        for function, f in INTEGERS.items():
            pairs = [(a, b) for a in values for b in values]
            if function in DIVISIONS:
                pairs = [(a, b) for a, b in pairs if b != 0]
            a, b = (torch.tensor(x, dtype=kind) for x in zip(*pairs))
            yield {"name": function, "type": name, "a": numbers(a), "b": numbers(b),
                   "y": numbers(f(a, b))}


def floats():
    """Yields values and slopes at edges."""
    for function, f in UNARY.items():
        x = torch.tensor(EDGES, requires_grad=True)
        y = f(x)
        slope = torch.autograd.grad(y.sum(), x, allow_unused=True)[0]
        yield {"name": function, "x": [numbers(x)], "y": numbers(y), "slopes": [numbers(slope)]}
    for function, f in BINARY.items():
        pairs = [(a, b) for a in EDGES for b in EDGES]
        x = [torch.tensor(v, requires_grad=True) for v in zip(*pairs)]
        y = f(*x)
        slopes = [None, None]
        if function != "floorDivide":
            slopes = torch.autograd.grad(y.sum(), x, allow_unused=True)
        yield {"name": function, "x": [numbers(v) for v in x], "y": numbers(y),
               "slopes": [numbers(s) if s is not None else None for s in slopes]}


def promotions():
    """Yields the type that two types are joined in."""
    for a, left in TYPES.items():
        for b, right in TYPES.items():
            yield [a, b, NAMES[torch.promote_types(left, right)]]


def main():
    """Writes the file, one case per line."""
    parts = {"integers": integers(), "floats": floats(), "promotions": promotions()}
    with open(os.path.join(REFERENCE, "scalars.json"), "w", encoding="ascii") as file:
        file.write('{"torch": "%s"' % torch.__version__.split("+")[0])
        for name, cases in parts.items():
            lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
            file.write(',\n"%s": [\n%s\n]' % (name, lines))
        file.write("\n}\n")


main()
