// Adaline, by Widrow and Hoff (1960): the perceptron's rule on the sum itself, not on its sign. It
// goes to the least squares solution, which is known here: AND is (x1 + x2 - 1) / 2.

import GraphKit

struct Adaline: Module {
  let weight = Parameter([2], initialiser: .uniform(-1...1))
  let bias = Parameter([], initialiser: .uniform(-1...1))

  /// The sum; the answer is its sign.
  func callAsFunction(_ x: Tensor) -> Tensor { (x * weight.value).sum(axis: -1) + bias.value }

  /// w <- w + rate (t - w . x) x for one example: a step down the slope of (t - w . x)^2 / 2. The
  /// rate falls as 1 / n, so that the weights come to rest. Returns the squared error of all four.
  func learn(_ targets: Tensor) -> Tensor {
    let examples = Tensor([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    let i = model.steps % 4
    let error = targets[i] - self(examples[i])
    let rate = 1 / (model.steps.cast(to: .f32) + 10)
    weight.value += rate * error * examples[i]
    bias.value += rate * error
    return mse(self(examples), targets)
  }
}

let (and, or, xor) = (Adaline(), Adaline(), Adaline())
let model = Model("adaline", ["and": and, "or": or, "xor": xor])

// A step is one example, an epoch each a hundred times.
model.train(epochs: 20, steps: 400) {
  [
    "and": and.learn(Tensor([-1, -1, -1, 1])),
    "or": or.learn(Tensor([-1, 1, 1, 1])),
    "xor": xor.learn(Tensor([-1, 1, 1, -1])),
    "weight": and.weight.value[0], "bias": and.bias.value,
  ]
}

model.infer(Input("x", [1, 2])) { x in ["and": and(x), "or": or(x), "xor": xor(x)] }

// The sums, the brighter the larger, with a line where they are 0; and the four examples.
model.function("picture") {
  let line = (range(120, .f32) + 0.5) / 30 - 2
  let x = stack([line.tiled([120]), line.reversed(axes: [0]).repeatedEach(120)], axis: 1)
  let isExample = (abs(abs(x) - 1) .< 0.1).all(axis: 1)
  let panels = [and, or, xor].map { net in
    let sum = net(x)
    let isLine = (abs(sum) .< 0.02) .&& (abs(net.weight.value).sum() .> 0.1)
    let light = select(isLine, 1, 0.5 + sum / 5)
    return select(isExample, 0, light).reshaped([1, 120, 120]).padded([(0, 0), (0, 0), (2, 2)])
  }
  return ["picture": concatenate(panels, axis: 2).expanded(at: 0)]
}
