// Catastrophic forgetting, and elastic weight consolidation (Kirkpatrick et al., 2017): a net that
// knows digits learns others, whose pixels are exchanged. Weights that matter for the first task
// are held by springs.

import GraphKit

let net = Sequential { Dense(64, 100); ReLU(); Dense(100, 100); ReLU(); Dense(100, 10) }
let plain = net.copy()

/// For each parameter, how much it matters (Fisher's information) and what it was.
struct Memory: Module {
  let importance = net.parameters.map { Parameter.statistic($0.shape) }
  let anchor = net.parameters.map { Parameter.statistic($0.shape) }
}

let memory = Memory()
let model = Model("forgetting", ["net": net, "plain": plain, "memory": memory])

func pixels(_ batch: Batch) -> Tensor { batch.image.cast(to: .f32).flattened(from: 1) / 16 }

/// 27 is prime to 64: all pixels change their places.
func exchanged(_ x: Tensor) -> Tensor { x.gather(range(64) * 27 % 64, axis: 1) }

model.phase("first", on: .digits, batch: 64, epochs: 30, validation: 0.3) { batch in
  let logits = net(pixels(batch))
  let loss = crossEntropy(logits, batch.label)
  Adam(rate: 1e-3).minimize(loss, net.parameters)
  return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
}

// The mean of the squares of the gradients, one example at a time, with labels that the net draws.
model.phase("importance", on: .digits, batch: 1, epochs: 1) { batch in
  let logits = net(pixels(batch))
  let loss = crossEntropy(logits, randomCategorical(logits: logits.stopGradient()))
  let slopes = gradient(of: loss, by: net.parameters.map(\.value))
  for (i, slope) in slopes.enumerated() {
    memory.importance[i].value += slope * slope / 1797
    memory.anchor[i].value = net.parameters[i].value
  }
  plain.follow(net, 0)
  return ["loss": loss]
}

model.phase("second", on: .digits, batch: 64, epochs: 30, validation: 0.3) { batch in
  let first = pixels(batch)
  let second = exchanged(first)
  let springs = net.parameters.indices.map { i in
    let moved = net.parameters[i].value - memory.anchor[i].value
    return (memory.importance[i].value * moved * moved).sum()
  }
  let held = crossEntropy(net(second), batch.label) + 100 * springs.reduce(Tensor(0), +)
  let free = crossEntropy(plain(second), batch.label)
  Adam(rate: 1e-3).minimize(held + free, net.parameters + plain.parameters)
  return [
    "loss": held, "first": accuracy(net(first), batch.label),
    "second": accuracy(net(second), batch.label),
    "first_plain": accuracy(plain(first), batch.label),
    "second_plain": accuracy(plain(second), batch.label),
  ]
}
