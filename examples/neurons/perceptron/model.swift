// Rosenblatt's perceptron (1958) learns AND, OR and XOR from one example at a time. A straight line
// separates the classes of AND and OR, so the rule finds one; no line separates those of XOR.

import GraphKit

struct Perceptron: Module {
  let weight = Parameter([2], initialiser: .uniform(-1...1))
  let bias = Parameter([], initialiser: .uniform(-1...1))

  /// y = step(w . x + b)
  func callAsFunction(_ x: Tensor) -> Tensor {
    step((x * weight.value).sum(axis: -1) + bias.value)
  }

  /// w <- w + rate (t - y) x, which changes nothing if the answer is right; returns |t - y|.
  func learn(_ x: Tensor, _ target: Tensor) -> Tensor {
    let error = target - self(x)
    weight.value += rate.value * error * x
    bias.value += rate.value * error
    return abs(error)
  }
}

let (and, or, xor) = (Perceptron(), Perceptron(), Perceptron())
let model = Model("perceptron", ["and": and, "or": or, "xor": xor])
let rate = model.setting("rate", 0.1, help: "how far an error moves the line")

let examples = Constant { Tensor([[0, 0], [0, 1], [1, 0], [1, 1]]) }
let targets = (
  and: Constant { Tensor([0, 0, 0, 1]) }, or: Constant { Tensor([0, 1, 1, 1]) },
  xor: Constant { Tensor([0, 1, 1, 0]) }
)

// A step is one example, an epoch all four.
model.train(epochs: 50, steps: 4) {
  let i = model.steps % 4
  let x = examples.value[i]
  let errors = [
    and.learn(x, targets.and.value[i]), or.learn(x, targets.or.value[i]),
    xor.learn(x, targets.xor.value[i]),
  ]
  return ["errors": errors[0] + errors[1] + errors[2]]
} evaluate: {
  let x = examples.value
  let right = { (net: Perceptron, t: Constant) in (net(x) .== t.value).cast(to: .f32).mean() }
  let (a, o, e) = (right(and, targets.and), right(or, targets.or), right(xor, targets.xor))
  return ["errors": 12 - 4 * (a + o + e), "and_accuracy": a, "or_accuracy": o, "xor_accuracy": e]
}

model.infer(Input("x", [1, 2])) { x in ["and": and(x), "or": or(x), "xor": xor(x)] }
