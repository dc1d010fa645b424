// T or C (Rumelhart, Hinton and Williams, 1986): two letters of five squares, in four directions
// and at any place, told apart by units that look at 3 x 3 squares each and share their nine
// weights. 200 nets learn side by side.

import GraphKit

let nets = 200

struct Nets: Module {
  let window = Parameter([nets, 1, 3, 3], initialiser: .uniform(-0.5...0.5))
  let windowBias = Parameter([nets], initialiser: .uniform(-0.5...0.5))
  let output = Parameter([nets], initialiser: .uniform(-0.5...0.5))
  let outputBias = Parameter([nets], initialiser: .uniform(-0.5...0.5))
  /// The first sweep after which a net had all eight right.
  let solved = Parameter.statistic([nets], initialiser: .constant(1e9))

  /// From images [n, 1, y, x] to answers [n, nets]: all windows count alike, so the place of the
  /// letter does not matter.
  func callAsFunction(_ x: Tensor) -> Tensor {
    let seen = convolution(x, window.value, bias: windowBias.value, padding: 2)
    return sigmoid(sigmoid(seen).sum(axes: [2, 3]) * output.value + outputBias.value)
  }
}

/// T and C in four directions, on 3 x 3 squares: [8, 1, 3, 3].
func letters() -> Tensor {
  let t = Tensor([[1, 1, 1], [0, 1, 0], [0, 1, 0]])
  let c = Tensor([[1, 1, 0], [1, 0, 0], [1, 1, 0]])
  let all = (0..<8).map { i in (i < 4 ? t : c).rotated(quarterTurns: i % 4) }
  return stack(all).expanded(at: 1)
}

let net = Nets()
let model = Model("t_c", net)

// A step is a sweep through the eight letters.
model.train(epochs: 20, steps: 250) {
  let target = Tensor([1, 1, 1, 1, 0, 0, 0, 0]).expanded(at: 1)
  let answer = net(letters())
  let isRight = (abs(answer - target) .< 0.5).all(axis: 0)
  let now = select(isRight, model.steps.cast(to: .f32), 1e9)
  net.solved.value = minimum(net.solved.value, now)
  let error = pow(answer - target, 2).sum() / 2
  SGD(rate: 0.05, momentum: 0.9).minimize(error, net.parameters)
  let isSolved = net.solved.value .< 1e9
  let count = isSolved.cast(to: .f32).sum()
  return [
    "error": error / Double(nets), "solved": count / Double(nets),
    "least": net.solved.value.min(),
    "sweeps": select(isSolved, net.solved.value, 0).sum() / maximum(count, 1),
  ]
}

// The windows of the nets that were first.
model.every(epochs: 20, "windows", .image(columns: 10)) {
  let first = net.solved.value.topK(20, largest: false).positions
  let window = net.window.value[first]
  let size = abs(window).max(axes: [1, 2, 3], keep: true)
  return ["image": (window / size / 2 + 0.5).resized(by: [8.0, 8.0], mode: .nearest)]
}
