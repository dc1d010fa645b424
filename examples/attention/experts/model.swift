// A mixture of experts (Shazeer et al., 2017; Fedus et al., 2022): a router sends each point of a
// plane to one of eight small nets. One mixture is rewarded if all have equal work, the other is
// not; beside them are a net with as much work for a point, and one with as many parameters.

import GraphKit

let experts = 8

/// Small nets for points in a plane, all in the same tensors.
struct Nets: Module {
  let first, firstBias, second, secondBias, third: Parameter

  init(_ count: Int, hidden h: Int) {
    let normal = { (fan: Int) in Initialiser.normal(deviation: (2 / Double(fan)).squareRoot()) }
    first = Parameter([count, 2, h], initialiser: normal(2))
    firstBias = Parameter([count, 1, h], initialiser: .normal())
    second = Parameter([count, h, h], initialiser: normal(h))
    secondBias = Parameter([count, 1, h])
    third = Parameter([count, h, 1], initialiser: normal(h))
  }

  /// The results of the nets [count, n] for points [count, n, 2], or [1, n, 2].
  func callAsFunction(_ x: Tensor) -> Tensor {
    let y = relu(x.matmul(first.value) + firstBias.value)
    return relu(y.matmul(second.value) + secondBias.value).matmul(third.value).squeezed(2)
  }
}

struct Mixture: Module {
  let router = Sequential { Dense(2, 32); ReLU(); Dense(32, experts) }
  let nets = Nets(experts, hidden: 16)

  /// The results for points [n, 2]; what the router thinks of each expert, and whom it chooses.
  func callAsFunction(_ x: Tensor) -> (result: Tensor, shares: Tensor, chosen: Tensor) {
    let shares = softmax(router(x))
    let chosen = shares.argmax().oneHot(experts).cast(to: .f32)
    // The share of the chosen one is a factor, so that the error teaches the router, too.
    let all = nets(x.expanded(at: 0)).transposed()
    return ((all * chosen * shares).sum(axis: 1), shares, chosen)
  }
}

/// Waves in eight sectors of the plane, each in a direction of its own.
func waves(_ x: Tensor) -> Tensor {
  let turn = atan2(x[.all, 1], x[.all, 0]) / (2 * Double.pi) + 0.5
  let sector = clamp(floor(turn * 8).cast(to: .i32), 0...7)
  let direction = Tensor([0.3, 2.0, 1.1, 2.8, 0.7, 2.4, 1.6, 0.0]).gather(sector)
  return sin(7 * (x[.all, 0] * cos(direction) + x[.all, 1] * sin(direction)))
}

/// How many experts get at least a hundredth of the points.
func used(_ chosen: Tensor) -> Tensor {
  (chosen.mean(axis: 0) .>= 0.01).cast(to: .f32).sum()
}

let (balanced, free) = (Mixture(), Mixture())
let equalWork = Nets(1, hidden: 24)
let equalSize = Nets(1, hidden: 53)
let model = Model(
  "experts",
  ["balanced": balanced, "free": free, "equal_work": equalWork, "equal_size": equalSize])

model.train(epochs: 10, steps: 300) {
  let x = randomUniform([512, 2], -1...1)
  let y = waves(x)
  let (result, shares, chosen) = balanced(x)
  let (freeResult, _, freeChosen) = free(x)
  // Fedus et al.: the share of points times the mean share of the router, least if all are equal.
  let balance = Double(experts) * (chosen.mean(axis: 0) * shares.mean(axis: 0)).sum()
  let errors = [
    mse(result, y), mse(freeResult, y), mse(equalWork(x.expanded(at: 0)).squeezed(0), y),
    mse(equalSize(x.expanded(at: 0)).squeezed(0), y),
  ]
  let all = balanced.parameters + free.parameters + equalWork.parameters + equalSize.parameters
  Adam(rate: .cosine(from: 1e-2, warmUp: 0.05))
    .minimize(errors[0] + errors[1] + errors[2] + errors[3] + 0.02 * balance, all)
  return [
    "loss": errors[0], "free": errors[1], "equal_work": errors[2], "equal_size": errors[3],
    "used": used(chosen), "free_used": used(freeChosen),
  ]
}

/// A picture [3, 96, 96] of numbers [9216, 3].
func picture(_ x: Tensor) -> Tensor {
  x.reshaped([96, 96, 3]).transposed([2, 0, 1])
}

// The waves, what each mixture makes of them, and, in colours, which expert works where.
model.every(epochs: 10, "plane", .image(columns: 5)) {
  let line = range(96).cast(to: .f32) / 47.5 - 1
  let x = stack([line.tiled([96]), line.repeatedEach(96)], axis: 1)
  let colours = Tensor([
    [0.9, 0.1, 0.1], [0.1, 0.6, 0.2], [0.1, 0.3, 0.9], [1, 0.8, 0.1], [0.6, 0.2, 0.7],
    [0.1, 0.8, 0.8], [1, 0.5, 0.1], [0.4, 0.4, 0.4],
  ])
  let grey = { (y: Tensor) in picture((y / 2 + 0.5).expanded(at: 1).broadcast(to: [9216, 3])) }
  let (result, _, chosen) = balanced(x)
  let (freeResult, _, freeChosen) = free(x)
  return [
    "image": stack([
      grey(waves(x)), grey(result), picture(chosen.matmul(colours)), grey(freeResult),
      picture(freeChosen.matmul(colours)),
    ])
  ]
}
