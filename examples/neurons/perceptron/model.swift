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

  /// w <- w + rate (t - y) x for one example, which changes nothing if the answer is right.
  /// Returns the share of the four that is right then.
  func learn(_ targets: Tensor) -> Tensor {
    let examples = Tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
    let i = model.steps % 4
    let error = targets[i] - self(examples[i])
    weight.value += rate.value * error * examples[i]
    bias.value += rate.value * error
    return (self(examples) .== targets).cast(to: .f32).mean()
  }
}

let (and, or, xor) = (Perceptron(), Perceptron(), Perceptron())
let model = Model("perceptron", ["and": and, "or": or, "xor": xor])
let rate = model.setting("rate", 0.1, help: "how far a mistake moves the line")

// A step is one example, an epoch all four.
model.train(epochs: 50, steps: 4) {
  let rightAnd = and.learn(Tensor([0, 0, 0, 1]))
  let rightOr = or.learn(Tensor([0, 1, 1, 1]))
  let rightXor = xor.learn(Tensor([0, 1, 1, 0]))
  let mistakes = 12 - (rightAnd + rightOr + rightXor) * 4
  return ["mistakes": mistakes, "and": rightAnd, "or": rightOr, "xor": rightXor]
}

model.infer(Input("x", [1, 2])) { x in
  ["and": and(x), "or": or(x), "xor": xor(x)]
}

// Where each says 1, bright, and the four examples: red if it should, else black.
model.function("picture") {
  let line = (range(120, .f32) + 0.5) / 60 - 0.5
  let x = stack([line.tiled([120]), line.reversed(axes: [0]).repeatedEach(120)], axis: 1)
  let nearest = floor(x + 0.5)
  let isExample = (abs(x - nearest) .< 0.06).all(axis: 1)
  let number = (2 * nearest[.all, 0] + nearest[.all, 1]).cast(to: .i32)
  let panels = [(and, [0.0, 0, 0, 1]), (or, [0, 1, 1, 1]), (xor, [0, 1, 1, 0])].map {
    let answer = 0.7 + 0.3 * $0(x)
    let red = select(isExample, Tensor($1).gather(number), answer)
    let rest = select(isExample, 0, answer)
    return stack([red, rest, rest]).reshaped([3, 120, 120]).padded([(0, 0), (0, 0), (2, 2)])
  }
  return ["picture": concatenate(panels, axis: 2).expanded(at: 0)]
}
