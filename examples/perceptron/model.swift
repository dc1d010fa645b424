// Rosenblatt's perceptron (1958) on three logical functions. It learns AND and OR, which a straight
// line separates, in six epochs; no line separates XOR, so there it never gets beyond a half.

import GraphKit

struct Perceptron: Layer {
  let weight = Parameter([2])
  let bias = Parameter([])

  func callAsFunction(_ x: Tensor) -> Tensor {
    step((x * weight.value).sum(axes: [1]) + bias.value)
  }

  /// Moves the line by every example on its wrong side; returns the share on the right side.
  func learn(_ x: Tensor, _ target: Tensor) -> Tensor {
    let error = target - self(x)
    weight.assign(weight.value + (error.expanded(at: 1) * x).sum(axes: [0]))
    bias.assign(bias.value + error.sum())
    return 1 - abs(error).mean()
  }
}

let and = Perceptron()
let or = Perceptron()
let xor = Perceptron()

let model = Model("perceptron", ["and": and, "or": or, "xor": xor])

model.train(epochs: 10, steps: 1) {
  let x = Tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
  let rightAnd = and.learn(x, Tensor([0, 0, 0, 1]))
  let rightOr = or.learn(x, Tensor([0, 1, 1, 1]))
  let rightXor = xor.learn(x, Tensor([0, 1, 1, 0]))
  let mistakes = 12 - (rightAnd + rightOr + rightXor) * 4
  return ["mistakes": mistakes, "and": rightAnd, "or": rightOr, "xor": rightXor]
}

model.infer(Input("x", [1, 2])) { x in
  ["and": and(x), "or": or(x), "xor": xor(x)]
}
