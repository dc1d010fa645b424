// Latent diffusion (Rombach et al., 2022) in two phases: an autoencoder makes scenes of 16 x 16
// pixels small, then a U-Net with attention to the words of a caption learns to remove noise there.

import GraphKit

/// A scene as 4 numbers at each of 4 x 4 places, and back.
struct Autoencoder: Module {
  let encoder = Sequential {
    Conv2D(3, 24, kernel: 4, stride: 2, padding: 1); SiLU()
    Conv2D(24, 48, kernel: 4, stride: 2, padding: 1); SiLU()
    Conv2D(48, 8, kernel: 1)
  }
  let decoder = Sequential {
    Conv2D(4, 48, kernel: 3, padding: .same); SiLU()
    ConvTranspose2D(48, 24, kernel: 4, stride: 2, padding: 1); SiLU()
    ConvTranspose2D(24, 3, kernel: 4, stride: 2, padding: 1); Sigmoid()
  }

  /// The deviation of the numbers lately, by which they are divided.
  let spread = Parameter.statistic([], initialiser: .ones)

  func posterior(_ x: Tensor) -> Normal {
    let parts = encoder(x).chunked(2, axis: 1)
    return Normal(mean: parts[0], deviation: exp(parts[1] - 2))
  }
}

/// The words of a caption as vectors that know of each other; word 13 stands for no caption.
struct TextEncoder: Layer {
  let word = Embedding(14, 48)
  let positions = LearnedPositions(4, 48)
  let layer = TransformerEncoderLayer(
    48, heads: 4, feedForward: 96, dropout: 0, batchFirst: true, normFirst: true)

  func callAsFunction(_ words: Tensor) -> Tensor { layer(positions(word(words))) }
}

/// The U-Net: down to 2 x 2 places, where it looks at all of them and at the words, and up again.
struct Denoiser: Module {
  let text = TextEncoder()
  let time = Sequential { Dense(16, 48); SiLU() }
  let first = Conv2D(4, 48, kernel: 3, padding: .same)
  let down = Conv2D(48, 48, kernel: 4, stride: 2, padding: 1)
  let positions = LearnedPositions(4, 48)
  let middle = (0..<2).map { _ in
    TransformerDecoderLayer(
      48, heads: 4, feedForward: 96, dropout: 0, batchFirst: true, normFirst: true)
  }
  let up = ConvTranspose2D(48, 48, kernel: 4, stride: 2, padding: 1)
  let last = Sequential {
    Conv2D(96, 48, kernel: 3, padding: .same); SiLU()
    Conv2D(48, 4, kernel: 3, padding: .same)
  }

  func callAsFunction(_ x: Tensor, _ angle: Tensor, _ words: Tensor) -> Tensor {
    let waves = angle.expanded(at: 1) * exp2(range(8).cast(to: .f32))
    let time = self.time(concatenate([sin(waves), cos(waves)], axis: 1))
    let high = silu(first(x) + time.reshaped([-1, 48, 1, 1]))
    let low = silu(down(high)).flattened(from: 2).transposed()
    let memory = text(words)
    let seen = middle.reduce(positions(low)) { $1($0, memory: memory) }
    let back = up(seen.transposed().reshaped([-1, 48, 2, 2]))
    return last(concatenate([high, back], axis: 1))
  }
}

/// Names all four words of a scene; it learns from true ones and judges drawn ones.
let witness = Sequential {
  Conv2D(3, 24, kernel: 3, stride: 2, padding: 1); ReLU()
  Conv2D(24, 48, kernel: 3, stride: 2, padding: 1); ReLU()
  Flatten()
  Dense(48 * 16, 13)
}
let (autoencoder, denoiser) = (Autoencoder(), Denoiser())
let average = denoiser.copy()
let model = Model(
  "latent",
  [
    "autoencoder": autoencoder, "denoiser": denoiser, "average": average, "witness": witness,
  ])

let scenes = DataSet.npz(
  "../../data/shapes/train.npz", fields: ["image": .u8[3, 16, 16], "word": .u8[4]]
).held(out: "held.npz")

/// Of each picture, the share of its four words that are the likeliest of their kind.
func share(_ x: Tensor, _ words: Tensor) -> Tensor {
  let scores = witness(x).split([2, 4, 3, 4], axis: 1)
  let starts = [0, 2, 6, 9]
  let isRight = zip(scores, starts).enumerated().map { i, part in
    part.0.argmax() .== words[.all, i].cast(to: .i32) - part.1
  }
  return stack(isRight).cast(to: .f32).mean(axis: 0)
}

model.phase("autoencoder", on: scenes, batch: 16, epochs: 40) { batch in
  let x = batch.image.cast(to: .f32) / 255
  let posterior = autoencoder.posterior(x)
  let z = posterior.sample()
  let error = mse(autoencoder.decoder(z), x)
  let prior = Normal(mean: Tensor(0), deviation: Tensor(1))
  let divergence = posterior.divergence(from: prior).mean()
  let adam = Adam(rate: .cosine(from: 4e-3))
  adam.minimize(error + 1e-5 * divergence, autoencoder.parameters)
  let spread = autoencoder.spread
  spread.assign(0.98 * spread.value + 0.02 * z.standardDeviation())
  // Each of the four words is told by itself: yes or no for all 13.
  let isThere = batch.word.oneHot(13).any(axis: 1).cast(to: .f32)
  let witnessLoss = binaryCrossEntropy(logits: witness(x), isThere)
  adam.minimize(witnessLoss, witness.parameters)
  return ["error": error, "divergence": divergence, "words": share(x, batch.word).mean()]
}

model.phase("diffusion", on: scenes, batch: 16, epochs: 30) { batch in
  let code = autoencoder.posterior(batch.image.cast(to: .f32) / 255).sample()
  let z = (code / autoencoder.spread.value).stopGradient()
  let count = z.shape[0]
  // Signal and noise are the cosine and sine of an angle; what is learned is the direction in which
  // the point moves as the angle grows, v = cos e - sin z (Salimans and Ho, 2022).
  let angle = randomUniform([count], 0...Double.pi / 2)
  let (c, s) = (cos(angle).reshaped([-1, 1, 1, 1]), sin(angle).reshaped([-1, 1, 1, 1]))
  let noise = randomNormal(like: z)
  let isHidden = randomBool([count, 1], probability: 0.1)
  let words = select(isHidden, 13, batch.word.cast(to: .i32))
  let loss = mse(denoiser(c * z + s * noise, angle, words), c * noise - s * z)
  Adam(rate: .cosine(from: 2e-3)).minimize(loss, denoiser.parameters)
  average.follow(denoiser, 0.99)
  return ["loss": loss]
}

/// Scenes of captions: from noise back to the angle 0, in 20 turns. With guidance w the direction
/// is (1 + w) v(words) - w v(none).
func drawn(_ words: Tensor, guidance w: Double) -> Tensor {
  let (n, count) = (words.shape[0], 20)
  let turn = Double.pi / 2 / Double(count)
  let both = concatenate([words.cast(to: .i32), full([n, 4], 13, .i32)])
  let z = scan(randomNormal([n, 4, 4, 4]), over: range(count), reversed: true) { x, i in
    let angle = ((i + 1).cast(to: .f32) * turn).broadcast(to: [2 * n])
    let v = average.run { $0(x.tiled([2, 1, 1, 1]), angle, both) }.chunked(2)
    let direction = v[0] + w * (v[0] - v[1])
    return (cos(Tensor(turn)) * x - sin(Tensor(turn)) * direction, zeros([]))
  }.carry
  return autoencoder.decoder(z * autoencoder.spread.value)
}

/// All captions, 96 rows of four words. A quarter of them was never shown: those whose numbers have
/// the sum 3, 7, 11 and so on.
func captions() -> Tensor {
  let i = range(96)
  return stack([i / 48, 2 + i / 12 % 4, 6 + i / 4 % 3, 9 + i % 4], axis: 1)
}

// The share of words that the witness finds in scenes of all captions, and of those never shown.
model.function("examine") {
  let words = captions()
  let isNew = ((words.sum(axis: 1) + 1) % 4 .== 0).cast(to: .f32)
  var results: Outputs = [:]
  for w in [0.0, 2, 4] {
    let right = share(drawn(words, guidance: w), words)
    results.append("all_\(Int(w))", right.mean())
    results.append("new_\(Int(w))", (right * isNew).sum() / isNew.sum())
  }
  return results
}

// One of each caption, with guidance.
model.every(epochs: 30, "scenes", .image(columns: 12)) {
  ["image": drawn(captions(), guidance: 2).resized(by: [3.0, 3.0], mode: .nearest)]
}
