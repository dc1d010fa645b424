// Pictures into pictures from pairs (pix2pix, Isola et al., 2017): photographs in grey get their
// colours.

import GraphKit
import Zoo

let generator = UNetGenerator(channels: 1, outputs: 3, width: 12, depth: 4)
let judge = PatchDiscriminator(channels: 1 + 3, width: 8, layers: 2, norm: .batch)
let model = Model("pix2pix", ["generator": generator, "judge": judge])

let photographs = DataSet("../../data/photographs", fields: ["image": .u8[3, 32, 32]])

/// The grey of red, green and blue (Rec. 601).
func grey(_ x: Tensor) -> Tensor {
  (x * Tensor([0.299, 0.587, 0.114]).reshaped([3, 1, 1])).sum(axis: 1, keep: true)
}

/// What is given and what is wanted, both from -1 to 1.
func pair(_ batch: Batch) -> (given: Tensor, wanted: Tensor) {
  let x = RandomFlip()(batch.image.cast(to: .f32) / 255)
  return (grey(x) * 2 - 1, x * 2 - 1)
}

func judged(_ given: Tensor, _ wanted: Tensor) -> Tensor {
  judge(concatenate([given, wanted], axis: 1))
}

model.train(on: photographs, batch: 16, epochs: 40, validation: 0.2) { batch in
  let (given, wanted) = pair(batch)
  let fake = generator(given)
  let adam = Adam(rate: .linear(from: 2e-3), beta1: 0.5)
  let judgeLoss =
    softplus(-judged(given, wanted)).mean() + softplus(judged(given, fake.stopGradient())).mean()
  adam.minimize(0.5 * judgeLoss, judge.parameters)
  let loss = softplus(-judged(given, fake)).mean() + 100 * mae(fake, wanted)
  adam.minimize(loss, generator.parameters)
  return ["loss": loss, "j_d": judgeLoss]
} evaluate: { batch in
  let (given, wanted) = pair(batch)
  // Errors of pixels from 0 to 1: of the picture drawn, and of the one given.
  return ["error": mae(generator(given), wanted) / 2, "given": abs(given - wanted).mean() / 2]
}

// From the left: what is given, what is drawn, the truth.
model.infer(Input("image", [1, 3, 32, 32])) { image in
  let given = grey(image)
  let drawn = generator(given * 2 - 1) / 2 + 0.5
  let row = concatenate([given.tiled([1, 3, 1, 1]), drawn, image], axis: 3)
  return ["image": row.resized(by: [2.0, 2.0], mode: .nearest)]
}
