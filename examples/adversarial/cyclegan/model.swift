// Two sets without pairs (CycleGAN, Zhu et al., 2017): digits, and other digits in negative and
// moved by a pixel. There and back again gives the same image, and a judge knows each set. In
// secret every digit has a partner, so one can count how many are found.

import GraphKit
import Zoo

struct Direction: Module {
  let generator = Sequential {
    Conv2D(1, 16, kernel: 5, padding: .same); ReLU()
    Conv2D(16, 16, kernel: 3, padding: .same); ReLU()
    Conv2D(16, 1, kernel: 3, padding: .same); Tanh()
  }
  let judge = PatchDiscriminator(channels: 1, width: 16, layers: 1, norm: .batch)
}

let (there, back) = (Direction(), Direction())
struct Digits: Module { let all = Parameter.statistic([1797, 1, 8, 8]) }
let digits = Digits()
let model = Model("cyclegan", ["there": there, "back": back, "digits": digits])

model.prepare(on: .digits, batch: 1797) { batch in
  digits.all.assign(batch.image.cast(to: .f32) / 8 - 1)
}

/// The partner of a digit, which no net ever sees with it.
func partner(_ x: Tensor) -> Tensor { -x.rolled(by: 1) }

/// Random digits of the first 900, and partners of random ones of the others.
func draw(_ count: Int) -> (a: Tensor, b: Tensor) {
  let a = digits.all.value.gather(randomIntegers([count], 0..<900))
  let b = digits.all.value.gather(randomIntegers([count], 900..<1797))
  return (a, partner(b))
}

/// Least squares: real patches should have the score 1, others 0.
func judged(_ judge: PatchDiscriminator, _ real: Tensor, _ fake: Tensor) -> Tensor {
  let (a, b) = (judge(real), judge(fake.stopGradient()))
  return ((a - 1) * (a - 1)).mean() + (b * b).mean()
}

func fooled(_ judge: PatchDiscriminator, _ fake: Tensor) -> Tensor {
  let score = judge(fake)
  return ((score - 1) * (score - 1)).mean()
}

let epochs = 15

model.train(epochs: epochs, steps: 28) {
  let (a, b) = draw(32)
  let adam = Adam(rate: .linear(from: 2e-3), beta1: 0.5)
  let (ab, ba) = (there.generator(a), back.generator(b))
  let cycle = mae(back.generator(ab), a) + mae(there.generator(ba), b)
  let loss = fooled(there.judge, ab) + fooled(back.judge, ba) + 10 * cycle
  adam.minimize(loss, there.generator.parameters + back.generator.parameters)
  let judgeLoss = judged(there.judge, b, ab) + judged(back.judge, a, ba)
  adam.minimize(judgeLoss, there.judge.parameters + back.judge.parameters)
  return ["loss": loss, "cycle": cycle, "judge": judgeLoss]
} evaluate: {
  // The first 900 digits go there, and look for their partners among all 900.
  let a = digits.all.value[..<900]
  let (found, truth) = (there.generator(a).flattened(from: 1), partner(a).flattened(from: 1))
  let nearest = distances(found, truth).argmin(axis: 1)
  return [
    "pairs": (nearest .== range(900)).cast(to: .f32).mean(), "distance": mae(found, truth),
  ]
}

// From above: a digit, its translation, its partner, and the translation back.
model.every(epochs: epochs, "digits", .image(columns: 16)) {
  let a = digits.all.value[..<16]
  let ab = there.generator(a)
  let images = concatenate([a, ab, partner(a), back.generator(ab)]) / 2 + 0.5
  return ["image": images.resized(by: [3.0, 3.0], mode: .nearest)]
}
