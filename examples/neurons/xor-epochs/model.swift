// How many epochs does a net with two hidden units need to learn XOR? 1000 nets of nine weights,
// from different random starts, learn side by side by back-propagation as of 1986.

import GraphKit

let nets = 1000
let sweeps = 5000

struct Nets: Module {
  let hidden = Parameter([nets, 2, 2], initialiser: .uniform(-0.5...0.5))
  let hiddenBias = Parameter([nets, 2, 1], initialiser: .uniform(-0.5...0.5))
  let output = Parameter([nets, 1, 2], initialiser: .uniform(-0.5...0.5))
  let outputBias = Parameter([nets, 1, 1], initialiser: .uniform(-0.5...0.5))
  /// The first epoch after which a net had all four right.
  let solved = Parameter.statistic([nets], initialiser: .constant(.infinity))

  /// From examples in columns, [2, 4], to answers [nets, 1, 4].
  func callAsFunction(_ x: Tensor) -> Tensor {
    let h = sigmoid(hidden.value.matmul(x) + hiddenBias.value)
    return sigmoid(output.value.matmul(h) + outputBias.value)
  }
}

let net = Nets()
let model = Model("xor_epochs", net)

// A step is an epoch: all four examples. The nets share no weight, so the sum of their losses
// trains each by its own: the mean of (o - t)^2 / 2.
model.train(epochs: sweeps / 100, steps: 100) {
  let x = Tensor([[0, 0, 1, 1], [0, 1, 0, 1]])
  let y = Tensor([0, 1, 1, 0])
  let answers = net(x)
  let isRight = (abs(answers - y) .< 0.5).all(axes: [1, 2])
  let now = select(isRight, model.steps.cast(to: .f32), Tensor(.infinity))
  net.solved.value = minimum(net.solved.value, now)
  let loss = pow(answers - y, 2).sum() / 8
  SGD(rate: 0.5, momentum: 0.9).minimize(loss, net.parameters)
  let isSolved = net.solved.value .< .infinity
  let epochs = select(isSolved, net.solved.value, Tensor(0))
  return [
    "loss": loss / Double(nets), "solved": isSolved.cast(to: .f32).mean(),
    "least": net.solved.value.min(), "mean": epochs.sum() / isSolved.cast(to: .f32).sum(),
  ]
}

model.every(epochs: sweeps / 100, "epochs", .printed) {
  let hundreds = select(net.solved.value .< .infinity, net.solved.value, Tensor(1e9))
  return [
    "median": net.solved.value.median().values,
    "nets_per_500_epochs": hundreds.histogram(bins: 10, in: 0...5000),
  ]
}
