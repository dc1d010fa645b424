// RealNVP (Dinh et al., 2017) on digits: a flow between images of 64 pixels and normal random
// numbers. The exact likelihood of held-out digits, in bits for each pixel.

import GraphKit
import Zoo

let flow = RealNVP(64, couplings: 8, hidden: 128)
/// How often each pixel has each of the 17 levels, for comparison.
struct Levels: Module { let counts = Parameter.statistic([64, 17]) }
let levels = Levels()
let model = Model("digits_flow", ["flow": flow, "levels": levels])

let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8]])

/// Levels 0 to 16 become real numbers by noise between 0 and 1, and these, from 0 to 17, any number
/// at all by the logit: y = logit(0.05 + 0.9 (x + u) / 17), with the logarithm of its slope.
func stretched(_ x: Tensor) -> (y: Tensor, slope: Tensor) {
  let share = 0.05 + 0.9 / 17 * (x + randomUniform(x.shape))
  let slope = log(Tensor(0.9 / 17)) - log(share) - log(1 - share)
  return (logit(share), slope.sum(axis: 1))
}

/// -log2 p(x) / 64: the noise makes this an upper bound of the bits of the levels.
func bits(_ x: Tensor) -> Tensor {
  let (y, slope) = stretched(x)
  return -(flow.logProbability(y) + slope) / 64 * 1.4426950408889634
}

model.train(on: digits, batch: 64, epochs: 25, validation: 0.2, best: .min("bits")) { batch in
  let x = batch.image.cast(to: .f32).flattened(from: 1)
  let loss = bits(x).mean()
  AdamW(rate: .cosine(from: 2e-3), weightDecay: 0.5, clip: .norm(5)).minimize(
    loss, flow.parameters)

  // 64 independent pixels: the bits by the levels that were seen so far, each once more.
  let hot = batch.image.flattened(from: 1).oneHot(17).cast(to: .f32)
  let share = (levels.counts.value + 1) / (levels.counts.value.sum(axis: 1, keep: true) + 17)
  let independent = -(hot * log2(share)).sum(axis: 2).mean()
  levels.counts.assign(levels.counts.value + hot.sum(axis: 0))
  return ["bits": loss, "independent": independent]
}

/// Digits of random numbers, which are brought `nearer` to their mean.
func drawn(_ count: Int, nearer: Double) -> Tensor {
  let y = flow.decoded(randomNormal([count, 64]) * nearer)
  return clamp((sigmoid(y) - 0.05) / 0.9, 0...1).reshaped([-1, 1, 8, 8])
}

// Two rows as the flow draws them, two nearer to the middle.
model.every(epochs: 25, "samples", .image(columns: 15)) {
  let images = concatenate([drawn(30, nearer: 1), drawn(30, nearer: 0.7)])
  return ["image": images.resized(by: [5.0, 5.0], mode: .nearest)]
}

// Undoing all couplings gives the images back: the largest difference.
model.function("inverse") {
  let z = randomNormal([1000, 64])
  return ["difference": abs(flow.encoded(flow.decoded(z)).z - z).max()]
}
