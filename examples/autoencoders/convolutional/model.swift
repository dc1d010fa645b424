// A convolutional autoencoder (Masci et al., 2011): letters of 256 pixels become 16 numbers. It
// learns from 147 typefaces and is judged by 30 others, beside 16 principal components.

import GraphKit

let encoder = Sequential {
  Conv2D(1, 16, kernel: 4, stride: 2, padding: 1); SiLU()
  Conv2D(16, 32, kernel: 4, stride: 2, padding: 1); SiLU()
  Flatten()
  Dense(32 * 4 * 4, 16)
}
// The mirror image of the encoder.
let decoder = Sequential {
  Dense(16, 32 * 4 * 4); SiLU()
  Unflatten(1, to: [32, 4, 4])
  ConvTranspose2D(32, 16, kernel: 4, stride: 2, padding: 1); SiLU()
  ConvTranspose2D(16, 1, kernel: 4, stride: 2, padding: 1); Sigmoid()
}
/// The mean letter and the directions in which letters differ most.
struct Components: Module {
  let mean = Parameter.statistic([256])
  let directions = Parameter.statistic([16, 256])
}
let components = Components()
let model = Model(
  "convolutional", ["encoder": encoder, "decoder": decoder, "components": components])

let letters = DataSet.npz(
  "../../data/letters/train.npz", fields: ["image": .u8[1, 32, 32], "label": .u8]
).held(out: "held.npz")

func pixels(_ batch: Batch) -> Tensor {
  (batch.image.cast(to: .f32) / 255).resized(by: [0.5, 0.5], mode: .area)
}

model.prepare(on: letters, batch: 5292) { batch in
  let x = pixels(batch).flattened(from: 1)
  let centred = x - x.mean(axis: 0)
  let covariance = centred.transposed().matmul(centred) / Double(x.shape[0])
  components.mean.assign(x.mean(axis: 0))
  // Eigenvalues ascend: the last 16 directions are the ones.
  components.directions.assign(covariance.symmetricEigen().vectors.transposed()[240...])
}

/// What 16 principal components keep of images.
func projected(_ x: Tensor) -> Tensor {
  let (mean, directions) = (components.mean.value, components.directions.value)
  let code = (x.flattened(from: 1) - mean).matmul(directions.transposed())
  return (code.matmul(directions) + mean).reshaped(x.shape)
}

model.train(on: letters, batch: 32, epochs: 12) { batch in
  let x = pixels(batch)
  let loss = mse(decoder(encoder(x)), x)
  Adam(rate: .cosine(from: 2e-3)).minimize(loss, encoder.parameters + decoder.parameters)
  return ["error": loss, "components": mse(projected(x), x)]
}

// From the left: letters, what the components keep of them, and what the net keeps.
model.infer(Input("image", [1, 1, 32, 32])) { image in
  let x = image.resized(by: [0.5, 0.5], mode: .area)
  let row = concatenate([x, clamp(projected(x), 0...1), decoder(encoder(x))], axis: 3)
  return ["image": row.resized(by: [3.0, 3.0], mode: .nearest)]
}
