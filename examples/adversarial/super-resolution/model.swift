// Photographs of twice the size: a residual network by the error of pixels, then by an adversary
// (SRGAN, Ledig et al., 2017). What counts for the first is the ratio of signal to noise, PSNR,
// above that of bicubic interpolation; the second gives it up for sharper pictures.

import GraphKit

/// Two convolutions and a way around them.
struct Block: Layer {
  let path = Sequential {
    Conv2D(16, 16, kernel: 3, padding: .same); ReLU()
    Conv2D(16, 16, kernel: 3, padding: .same)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { x + path(x) }
}

struct Enlarger: Layer {
  let path = Sequential {
    Conv2D(3, 16, kernel: 3, padding: .same)
    for _ in 0..<3 { Block() }
    Conv2D(16, 12, kernel: 3, padding: .same, initialiser: .zeros)
    PixelShuffle(2)
  }

  /// What interpolation says, and what the network adds.
  func callAsFunction(_ x: Tensor) -> Tensor { bicubic(x) + path(x) }
}

func bicubic(_ x: Tensor) -> Tensor { x.resized(by: [2.0, 2.0], mode: .cubic) }

let enlarger = Enlarger()
let judge = Sequential {
  Conv2D(3, 16, kernel: 3, stride: 2, padding: 1); LeakyReLU(slope: 0.2)
  Conv2D(16, 32, kernel: 3, stride: 2, padding: 1); LeakyReLU(slope: 0.2)
  Conv2D(32, 32, kernel: 3, stride: 2, padding: 1); LeakyReLU(slope: 0.2)
  Conv2D(32, 1, kernel: 1)
}
let model = Model("super_resolution", ["enlarger": enlarger, "judge": judge])

let photographs = DataSet("../../data/photographs", fields: ["image": .u8[3, 32, 32]])

/// A large image and the small one of it, each pixel of which is the mean of four.
func pair(_ batch: Batch) -> (large: Tensor, small: Tensor) {
  let large = RandomFlip(vertical: true)(batch.image.cast(to: .f32) / 255)
  return (large, large.resized(by: [0.5, 0.5], mode: .area))
}

/// The ratio of signal to noise of each image in decibels, -10 log10 of the mean square error.
func psnr(_ x: Tensor, _ truth: Tensor) -> Tensor {
  let error = pow(clamp(x, 0...1) - truth, 2).mean(axes: [1, 2, 3])
  return (-10 * log10(error + 1e-8)).mean()
}

/// How large the steps between neighbouring pixels are.
func sharpness(_ x: Tensor) -> Tensor { abs(x[..., 1...] - x[..., ..<31]).mean() }

/// PSNR, and the share of the truth's steps that is there, of the network and of interpolation.
func examined(_ batch: Batch, _ name: String) -> Outputs {
  let (large, small) = pair(batch)
  var results: Outputs = [:]
  for (name, x) in [name: enlarger(small), "bicubic": bicubic(small)] as KeyValuePairs {
    results.append("\(name)_psnr", psnr(x, large))
    results.append("\(name)_sharpness", .ratio(sharpness(x), sharpness(large)))
  }
  return results
}

model.phase("pixels", on: photographs, batch: 16, epochs: 40, validation: 0.2) { batch in
  let (large, small) = pair(batch)
  let loss = mse(enlarger(small), large)
  Adam(rate: .cosine(from: 3e-3)).minimize(loss, enlarger.parameters)
  return ["loss": loss]
} evaluate: { batch in
  examined(batch, "pixels")
}

model.phase("adversary", on: photographs, batch: 16, epochs: 15, validation: 0.2) { batch in
  let (large, small) = pair(batch)
  let fake = enlarger(small)
  let adam = Adam(rate: 5e-4, beta1: 0.5)
  let judgeLoss = softplus(-judge(large)).mean() + softplus(judge(fake.stopGradient())).mean()
  adam.minimize(judgeLoss, judge.parameters)
  let loss = mse(fake, large) + 1e-3 * softplus(-judge(fake)).mean()
  adam.minimize(loss, enlarger.parameters)
  return ["loss": loss, "j_d": judgeLoss]
} evaluate: { batch in
  examined(batch, "sharp")
}

// From the left: bicubic interpolation, the network, the truth.
model.infer(Input("image", [1, 3, 32, 32])) { image in
  let small = image.resized(by: [0.5, 0.5], mode: .area)
  let row = concatenate([bicubic(small), enlarger(small), image], axis: 3)
  return ["image": row.resized(by: [2.0, 2.0], mode: .nearest)]
}
