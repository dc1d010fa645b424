// The small tasks with which Rumelhart, Hinton and Williams (1986) introduced back-propagation: 200
// nets from different random starts learn each of them side by side.

import GraphKit

let task = option(
  "task", "symmetry", of: ["symmetry", "parity", "encoder", "negation"], help: "what is learned")
let nets = 200
let sweeps = 5000

/// Numbers of inputs, hidden units and outputs.
let sizes = [
  "symmetry": [6, 2, 1], "parity": [4, 4, 1], "encoder": [8, 3, 8], "negation": [4, 6, 3],
][task]!

/// All examples: inputs, and the outputs that belong to them.
let examples: [([Int], [Int])] = {
  if task == "encoder" {
    return (0..<8).map { i in
      let one = (0..<8).map { $0 == i ? 1 : 0 }
      return (one, one)
    }
  }
  return (0..<(1 << sizes[0])).map { number in
    let bits = (0..<sizes[0]).map { number >> $0 & 1 }
    switch task {
    // 1 if the six bits are the same from both ends.
    case "symmetry": return (bits, [bits == bits.reversed() ? 1 : 0])
    // 1 if an odd number of bits is 1.
    case "parity": return (bits, [bits.reduce(0, +) % 2])
    // If the fourth bit is 1, the first three are to be turned over.
    default: return (bits, bits[..<3].map { $0 ^ bits[3] })
    }
  }
}()

/// Examples as columns, [numbers, examples].
func columns(_ rows: [[Int]]) -> Tensor { Tensor(rows.map { $0.map(Double.init) }).transposed() }

let (rate, spread) = task == "parity" ? (0.25, 1.0) : (0.1, 0.3)

struct Nets: Module {
  let hidden = Parameter([nets, sizes[1], sizes[0]], initialiser: .uniform(-spread...spread))
  let hiddenBias = Parameter([nets, sizes[1], 1], initialiser: .uniform(-spread...spread))
  let output = Parameter([nets, sizes[2], sizes[1]], initialiser: .uniform(-spread...spread))
  let outputBias = Parameter([nets, sizes[2], 1], initialiser: .uniform(-spread...spread))
  /// The first sweep after which a net had all outputs on the right side of a half.
  let solved = Parameter.statistic([nets], initialiser: .constant(1e9))

  func callAsFunction(_ x: Tensor) -> Tensor {
    let h = sigmoid(hidden.value.matmul(x) + hiddenBias.value)
    return sigmoid(output.value.matmul(h) + outputBias.value)
  }
}

let net = Nets()
let model = Model("backprop_1986", net)

// A step is a sweep through all examples. The nets share no weight: the sum of their errors, each
// the sum of (o - t)^2 / 2, trains each net by its own.
model.train(epochs: sweeps / 100, steps: 100) {
  let (x, target) = (columns(examples.map(\.0)), columns(examples.map(\.1)))
  let answer = net(x)
  let isRight = (abs(answer - target) .< 0.5).all(axes: [1, 2])
  let now = select(isRight, model.steps.cast(to: .f32), 1e9)
  net.solved.value = minimum(net.solved.value, now)
  let error = pow(answer - target, 2).sum() / 2
  SGD(rate: rate, momentum: 0.9).minimize(error, net.parameters)
  let isSolved = net.solved.value .< 1e9
  let count = isSolved.cast(to: .f32).sum()
  return [
    "error": error / Double(nets), "solved": count / Double(nets),
    "least": net.solved.value.min(),
    // The mean over those that have solved it.
    "sweeps": select(isSolved, net.solved.value, 0).sum() / maximum(count, 1),
  ]
}

// The weights to the first hidden unit of the five nets that solved it first.
model.every(epochs: sweeps / 100, "weights", .printed) {
  let first = net.solved.value.topK(5, largest: false).positions
  return ["first": net.hidden.value.gather(first)[.all, 0]]
}
