"""A file of Swift with many random layers in one model, as one compilation is cheaper than many."""

from sweep.case import Case

# Nets of layers that GraphKit leaves to its users.
HEAD = """\
// Written by scripts/bench --sweep.

import GraphKit

struct Residual: Layer {
  let body: Sequential
  let shortcut: Sequential

  func callAsFunction(_ x: Tensor) -> Tensor { shortcut(x) + body(x) }
}

struct Gated: Layer {
  let gate: Sequential

  func callAsFunction(_ x: Tensor) -> Tensor { x * gate(x) }
}

struct Joined: Layer {
  let branches: [Sequential]

  func callAsFunction(_ x: Tensor) -> Tensor { concatenate(branches.map { $0(x) }, axis: 1) }
}

struct SelfAttention: Layer {
  let qkv: Dense
  let proj: Dense
  let heads: Int
  let isCausal: Bool

  init(_ size: Int, heads: Int, isCausal: Bool) {
    (qkv, proj) = (Dense(size, 3 * size), Dense(size, size))
    (self.heads, self.isCausal) = (heads, isCausal)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let parts = qkv(x).chunked(3, axis: -1).map {
      $0.unflattened(2, to: [heads, -1]).swappedAxes(1, 2)
    }
    let y = scaledDotProductAttention(parts[0], parts[1], parts[2], isCausal: isCausal)
    return proj(y.swappedAxes(1, 2).flattened(from: 2))
  }
}
"""

OPTIMIZERS = {"momentum": "SGD(rate: 0.01, momentum: 0.9)", "adam": "Adam(rate: 1e-3)"}


def element(case: Case, name: str) -> str:
    """The element type of an input."""
    return "i32" if name in case.below else "f32"


def extents(shape) -> str:
    """A shape as Swift writes it."""
    return "[" + ", ".join(map(str, shape)) + "]"


def function(case: Case) -> str:
    """The function of a case that does not learn."""
    inputs = ", ".join(f'Input("{name}", {extents(shape)}, .{element(case, name)})'
                       for name, shape in case.inputs.items())
    names = ", ".join(case.inputs)
    result = case.net.swift() if case.operands else f"{case.label}({names})"
    return f'model.function("{case.label}", {inputs}) {{ {names} in\n  ["y": {result}]\n}}\n'


def training(case: Case) -> str:
    """A step of training: a part of the model's training, with data of its own."""
    (name, shape), target = next(iter(case.inputs.items())), case.inputs["target"]
    fields = ", ".join(f'"{field}": .{kind}{extents(sizes[1:])}' for field, kind, sizes in [
        (name, element(case, name), shape), ("target", "f32", target)])
    return (f'let data_{case.label} = DataSet("data_{case.label}", fields: [{fields}])\n\n'
            f'model.phase("{case.label}", on: data_{case.label}, batch: {shape[0]}, epochs: 1) '
            f"{{ batch in\n"
            f"  let loss = mse({case.label}(batch.{name}), batch.target)\n"
            f"  {OPTIMIZERS[case.optimizer]}.minimize(loss, {case.label}.parameters)\n"
            f'  return ["loss": loss]\n}}\n')


def text(name: str, cases: list[Case]) -> str:
    """The file of a model with a function for each case."""
    nets = [case for case in cases if not case.operands]
    lines = [HEAD]
    lines += [f"// {case.title}: {case.words}\nlet {case.label} = {case.net.swift()}\n"
              for case in nets]
    roots = ", ".join(f'"{case.label}": {case.label}' for case in nets)
    lines.append(f'let model = Model("{name}", [{roots or ":"}])\n')
    lines += [training(case) if case.kind == "train" else function(case) for case in cases]
    return "\n".join(lines)
