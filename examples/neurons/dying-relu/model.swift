// Dying ReLU: eight steps at a rate that is too large push units so far that no example makes them
// positive. They have no slope then and do not come back. A leaky ReLU always has a slope.

import GraphKit

struct Net: Module {
  let hidden = Dense(64, 100)
  let output = Dense(100, 10)
  let activation: (Tensor) -> Tensor
  let rate: Schedule

  init(rate: Schedule, _ activation: @escaping (Tensor) -> Tensor) {
    self.rate = rate
    self.activation = activation
  }

  /// A step; returns the loss, the accuracy, and the share of units that no example excites.
  func learn(_ x: Tensor, _ label: Tensor) -> (loss: Tensor, accuracy: Tensor, dead: Tensor) {
    let sums = hidden(x)
    let logits = output(activation(sums))
    let loss = crossEntropy(logits, label)
    Adam(rate: rate).minimize(loss, parameters)
    return (loss, accuracy(logits, label), (sums.max(axis: 0) .<= 0).cast(to: .f32).mean())
  }
}

let tooLarge = Schedule.piecewise(from: 0.3, at: [8], factor: 0.02)
let slow = Net(rate: .constant(0.006)) { relu($0) }
let fast = Net(rate: tooLarge) { relu($0) }
let leaky = Net(rate: tooLarge) { leakyReLU($0, slope: 0.01) }
let model = Model("dying_relu", ["slow": slow, "fast": fast, "leaky": leaky])
let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8])

// 359 examples are held out, a batch.
model.train(on: digits, batch: 359, epochs: 100, validation: 0.2) { batch in
  let x = batch.image.flattened(from: 1).cast(to: .f32) / 16
  let results = [slow, fast, leaky].map { $0.learn(x, batch.label) }
  return [
    "loss": stack(results.map(\.loss)).sum(),
    "slow_dead": results[0].dead, "fast_dead": results[1].dead, "leaky_dead": results[2].dead,
    "slow_accuracy": results[0].accuracy, "fast_accuracy": results[1].accuracy,
    "leaky_accuracy": results[2].accuracy,
  ]
}
