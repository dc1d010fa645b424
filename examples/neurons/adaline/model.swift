// Adaline, by Widrow and Hoff (1960): the perceptron's rule on the sum itself, not on its sign. It
// goes to the least squares solution, which is known here: AND is (x1 + x2 - 1) / 2.

import GraphKit

struct Adaline: Module {
  let weight = Parameter([2], initialiser: .uniform(-1...1))
  let bias = Parameter([], initialiser: .uniform(-1...1))

  /// The sum; the answer is its sign.
  func callAsFunction(_ x: Tensor) -> Tensor { (x * weight.value).sum(axis: -1) + bias.value }

  /// w <- w + rate (t - w . x) x: a step down the slope of (t - w . x)^2 / 2.
  func learn(_ x: Tensor, _ target: Tensor, rate: Tensor) {
    let error = target - self(x)
    weight.value += rate * error * x
    bias.value += rate * error
  }
}

let (and, or, xor) = (Adaline(), Adaline(), Adaline())
let model = Model("adaline", ["and": and, "or": or, "xor": xor])
let examples = Constant { Tensor([[-1, -1], [-1, 1], [1, -1], [1, 1]]) }
let targets = (
  and: Constant { Tensor([-1, -1, -1, 1]) }, or: Constant { Tensor([-1, 1, 1, 1]) },
  xor: Constant { Tensor([-1, 1, 1, -1]) }
)

// One example at a time, at a rate that falls as 1 / n, so that the weights come to rest.
model.train(epochs: 20, steps: 400) {
  let i = model.steps % 4
  let x = examples.value[i]
  let rate = 1 / (model.steps.cast(to: .f32) + 10)
  and.learn(x, targets.and.value[i], rate: rate)
  or.learn(x, targets.or.value[i], rate: rate)
  xor.learn(x, targets.xor.value[i], rate: rate)
  let error = { (net: Adaline, t: Constant) in mse(net(examples.value), t.value) }
  return [
    "and": error(and, targets.and), "or": error(or, targets.or), "xor": error(xor, targets.xor),
    "weight": and.weight.value[0], "bias": and.bias.value,
  ]
}

model.infer(Input("x", [1, 2])) { x in ["and": and(x), "or": or(x), "xor": xor(x)] }
