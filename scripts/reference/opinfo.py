"""Stores what PyTorch's own test inputs (OpInfo) give: values and gradients of its operations.

Every entry of `op_db` is either here or in `opinfo-excluded.txt` with a reason. The samples are
those of PyTorch, with smaller extents, and numbers of four digits so that text holds them exactly.
The format is described in Tests/Reference/README.md.
"""

import fnmatch
import math
import os
import warnings

import torch
from torch.testing._internal import common_methods_invocations as invocations
from torch.testing._internal.opinfo import core
from torch.testing._internal.opinfo import definitions

from common import REFERENCE

FOLDER = os.path.join(REFERENCE, "opinfo")
EXCLUDED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "opinfo-excluded.txt")

# The most samples of an entry for a type; they are taken evenly from all.
MOST = {torch.float64: 14, torch.int64: 4, torch.int32: 2, torch.bool: 2}
# The most elements of a tensor, and of all inputs and outputs of a sample.
ELEMENTS, ALL_ELEMENTS = 150, 420
NAMES = {
    torch.float64: "f64", torch.float32: "f32", torch.float16: "f16", torch.bfloat16: "bf16",
    torch.int8: "i8", torch.uint8: "u8", torch.int16: "i16", torch.int32: "i32",
    torch.int64: "i64", torch.bool: "bool",
}
# The families: the file of an entry is the first whose pattern fits.
FILES = [
    ("special", ["special.*", "masked.*", "lgamma", "digamma"]),
    ("linalg", ["linalg.*", "cholesky*", "lu*", "logdet", "*solve", "pinverse", "matrix_exp",
                "geqrf", "ormqr", "svd", "det", "trace", "norm", "cdist", "dist"]),
    ("pooling", ["*pool*", "nn.functional.unfold", "*unpool*"]),
    ("convolution", ["*conv*"]),
    ("losses", ["*_loss", "*cross_entropy*", "nn.functional.kl_div"]),
    ("resize", ["*interpolate*", "*grid_sampl*", "*upsample*", "*pixel*"]),
    ("scans", ["cum*", "logcum*", "diff", "trap*", "gradient"]),
    ("contractions", ["*mm*", "*mv*", "einsum", "dot", "vdot", "inner", "outer", "kron",
                      "tensordot", "*linear", "matmul", "__rmatmul__", "addr", "*attention*"]),
    ("norms", ["*norm*", "*softm*", "*batch_norm*"]),
    ("index", ["*gather*", "*scatter*", "index*", "take*", "put", "*sort*", "topk", "kthvalue",
               "*embedding*", "*getitem*", "*masked_*", "unique*", "searchsorted", "bucketize",
               "where", "median", "nanmedian", "mode", "*quantile", "isin"]),
    ("reductions", ["sum*", "mean*", "prod*", "amax", "amin", "aminmax", "arg*", "std*", "var*",
                    "all", "any", "nan*", "max*", "min*", "logsumexp", "count*", "cov", "corr*"]),
    ("activations", ["nn.functional.*"]),
]


class Skipped(Exception):
    """A sample that has no place here, with the reason."""


def set_extents(**extents):
    """Sets the extents of samples; they are the globals S, M and L of modules."""
    modules = [core, invocations] + [
        getattr(definitions, name) for name in ("linalg", "special", "_masked", "fft", "signal")
    ]
    for module in modules:
        for name, value in extents.items():
            if hasattr(module, name):
                setattr(module, name, value)


def samples_of(op, dtype):
    """Returns the sample inputs of an entry, small ones if it has them."""
    differentiable = op.supports_autograd and dtype.is_floating_point
    try:
        set_extents(S=4, M=5, L=6)
        return list(op.sample_inputs("cpu", dtype, requires_grad=differentiable))
    except (RuntimeError, ValueError, IndexError, TypeError, AssertionError):
        # Some entries count on their extents.
        set_extents(S=5, M=10, L=20)
        return list(op.sample_inputs("cpu", dtype, requires_grad=differentiable))


def handy(tensor):
    """Returns the tensor with numbers of at most four significant digits."""
    if not tensor.is_floating_point():
        return tensor.detach().clone()
    values = [float("%.4g" % x) for x in tensor.detach().reshape(-1).tolist()]
    result = torch.tensor(values, dtype=tensor.dtype).reshape(tensor.shape)
    return result.requires_grad_(tensor.requires_grad)


def replaced(value, change):
    """Returns `value` with each tensor in it changed."""
    if isinstance(value, torch.Tensor):
        return change(value)
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return type(value)(replaced(x, change) for x in value)
    if isinstance(value, dict):
        return {k: replaced(x, change) for k, x in value.items()}
    return value


def tensors(value):
    """Returns all tensors in `value`, in order."""
    found = []
    replaced(value, lambda x: found.append(x) or x)
    return found


def number(x):
    """Returns a number as text."""
    if isinstance(x, bool):
        return "1" if x else "0"
    return str(x) if isinstance(x, int) else "%.13g" % x


def written(value):
    """Returns an argument, a list of tokens with blanks between, as text."""
    if isinstance(value, torch.Tensor):
        if value.dtype == torch.int64 and value.numel() and value.double().abs().max() >= 2**53:
            raise Skipped("integers of more than 53 bits")
        if value.dtype not in NAMES or value.layout != torch.strided:
            raise Skipped("complex or sparse tensors")
        if value.numel() == 0:
            raise Skipped("tensors without elements")
        head = NAMES[value.dtype] + "[" + ",".join(map(str, value.shape)) + "]"
        return " ".join([head] + [number(x) for x in value.detach().reshape(-1).tolist()])
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return '"' + value.replace(" ", "~") + '"'
    if isinstance(value, torch.dtype) and value in NAMES:
        return "type." + NAMES[value]
    if isinstance(value, slice):
        return "slice( " + written([value.start, value.stop, value.step])[2:]
    if value is Ellipsis:
        return "..."
    if isinstance(value, (list, tuple)):
        return " ".join(["("] + [written(x) for x in value] + [")"])
    raise Skipped("arguments that are no data, such as functions, devices and layouts")


def as_tensors(output):
    """Returns what an operation gave as a list of tensors."""
    if isinstance(output, torch.Tensor):
        return [output]
    if isinstance(output, (bool, int, float)):
        return [torch.tensor(output)]
    if isinstance(output, (list, tuple)):
        return [x for part in output for x in as_tensors(part)]
    raise Skipped("results that are no tensors")


def weights(output, place):
    """Returns the numbers by which the elements of a result count in the scalar whose gradient
    is taken; the tests know the formula."""
    values = [((37 * i + 11 * place) % 19 - 9) / 8 for i in range(output.numel())]
    return torch.tensor(values, dtype=output.dtype).reshape(output.shape)


def outputs(op, sample, arguments, keywords):
    """Returns the results, without the signs and phases that an algorithm may choose."""
    raw = op(*arguments, **keywords)
    found = as_tensors(raw)
    processed = as_tensors(sample.output_process_fn_grad(raw))
    if all(any(x is y for y in found) for x in processed):
        return found, processed
    return processed, processed


def copied(tensor):
    """Returns a copy through which gradients flow."""
    return tensor.clone()


def line(op, sample):
    """Returns the text of one sample."""
    arguments = replaced([sample.input, *sample.args], handy)
    keywords = replaced(dict(sample.kwargs), handy)
    inputs = tensors([arguments, keywords])
    if any(x.numel() > ELEMENTS for x in inputs):
        raise Skipped("large tensors")
    call = " ".join(
        ["s"] + [written(x) for x in arguments] + [f"{k}= {written(x)}" for k, x in keywords.items()]
    )
    leaves = [x for x in inputs if x.requires_grad]
    # An operation may write to its operands, which leaves do not allow.
    found, chosen = outputs(op, sample, replaced(arguments, copied), replaced(keywords, copied))
    if sum(x.numel() for x in inputs + found) > ALL_ELEMENTS:
        raise Skipped("large tensors")
    lines, total = [call], 0
    for place, x in enumerate(found):
        counts = x.requires_grad and x.dtype == torch.float64 and any(x is y for y in chosen)
        lines.append(("d " if counts else "o ") + written(x))
        if counts:
            total = total + (x * weights(x, place)).sum()
    if isinstance(total, torch.Tensor):
        gradients = torch.autograd.grad(total, leaves, allow_unused=True)
        for x, gradient in zip(leaves, gradients):
            if gradient is not None:
                place = next(i for i, y in enumerate(inputs) if x is y)
                lines.append(f"g {place} {written(gradient)}")
    return "\n".join(lines)


def lines_of(op, dtype, reasons):
    """Returns the texts of the samples of an entry for a type."""
    texts = []
    for sample in samples_of(op, dtype):
        try:
            texts.append(line(op, sample))
        except Skipped as reason:
            reasons[str(reason)] = reasons.get(str(reason), 0) + 1
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            text = str(error).split("\n")[0][:60]
            reasons[text] = reasons.get(text, 0) + 1
    texts = list(dict.fromkeys(texts))
    step = max(1, math.ceil(len(texts) / MOST[dtype]))
    return texts[::step]


def title(op):
    """Returns the name of an entry with its variant."""
    return op.name + (":" + op.variant_test_name if op.variant_test_name else "")


def fits(name, patterns):
    """True iff one of the patterns is about the entry."""
    plain = name.split(":")[0]
    return any(fnmatch.fnmatchcase(name, p) or fnmatch.fnmatchcase(plain, p) for p in patterns)


def excluded():
    """Returns the patterns of what is excluded."""
    with open(EXCLUDED, encoding="ascii") as file:
        lines = [text.strip() for text in file]
    return [p for text in lines if text and text[0] not in "#=" for p in text.split()]


def main():
    warnings.filterwarnings("ignore")
    torch.use_deterministic_algorithms(False)
    patterns = excluded()
    files, names, count, reasons = {}, [], 0, {}
    for op in invocations.op_db:
        name = title(op)
        if name in names:
            continue
        names.append(name)
        if fits(name, patterns):
            continue
        family = next((f for f, wanted in FILES if fits(name, wanted)), "maps")
        if family == "maps" and not isinstance(
            op, (core.UnaryUfuncInfo, core.BinaryUfuncInfo)
        ):
            family = "views"
        for dtype in MOST:
            if dtype not in op.supported_dtypes("cpu"):
                continue
            torch.manual_seed(len(names))
            texts = lines_of(op, dtype, reasons)
            count += len(texts)
            if texts:
                files.setdefault(family, []).append(f"op {name} {NAMES[dtype]}")
                files[family] += texts
    os.makedirs(FOLDER, exist_ok=True)
    version = torch.__version__.split("+")[0]
    for family, texts in files.items():
        path = os.path.join(FOLDER, family + ".txt")
        with open(path, "w", encoding="ascii", newline="\n") as file:
            file.write("\n".join(texts) + "\n")
        print(f"{family}: {os.path.getsize(path)} bytes")
    with open(os.path.join(FOLDER, "names.txt"), "w", encoding="ascii", newline="\n") as file:
        file.write(f"# The entries of op_db in torch {version}.\n" + "\n".join(names) + "\n")
    print(f"{count} samples; left out:")
    for reason, number_of in sorted(reasons.items(), key=lambda x: -x[1]):
        print(f"  {number_of:5} {reason}")


if __name__ == "__main__":
    main()
