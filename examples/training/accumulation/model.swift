// Two batches of 8 are one of 16: a net that sums the gradients of two halves before each update
// stays equal, to rounding, to one that sees them at once.

import GraphKit

struct Pair: Module {
  let whole = Sequential { Dense(64, 32); Tanh(); Dense(32, 10) }
  let halves = Sequential { Dense(64, 32); Tanh(); Dense(32, 10) }
}

let pair = Pair()
let model = Model("accumulation", pair)
let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8])

model.train(on: digits, batch: 16, epochs: 5, validation: 0.2) { batch in
  let x = batch.image.flattened(from: 1).cast(to: .f32) / 16
  // Both begin at the same weights.
  for (weight, start) in zip(pair.halves.parameters, pair.whole.parameters) {
    weight.value = select(model.steps .== 0, start.value, weight.value)
  }

  let logits = pair.whole(x)
  let loss = crossEntropy(logits, batch.label)
  SGD(rate: 0.1, momentum: 0.9).minimize(loss, pair.whole.parameters)

  // Gradients are summed, so each half counts half.
  let optimizer = SGD(rate: 0.1, momentum: 0.9, accumulate: 2)
  if x.shape[0] == 16 {
    for half in [0..<8, 8..<16] {
      let part = crossEntropy(pair.halves(x[half]), batch.label[half])
      optimizer.minimize(part / 2, pair.halves.parameters)
    }
  }

  let differences = zip(pair.whole.parameters, pair.halves.parameters).map {
    abs($0.value - $1.value).max()
  }
  return [
    "loss": loss, "accuracy": accuracy(logits, batch.label), "difference": stack(differences).max(),
  ]
}
