// Text to image (Reed et al., 2016): from noise and a caption such as "large red circle left" to a
// scene. The judge sees scene and caption, and must also refuse real scenes with wrong captions.

import GraphKit

/// A caption of four words as 64 numbers.
func caption() -> Sequential {
  Sequential {
    Embedding(13, 16); Flatten()
  }
}

struct Generator: Module {
  let text = caption()
  let image = Sequential {
    Dense(16 + 64, 64 * 16); Unflatten(1, to: [64, 4, 4]); BatchNorm(64); ReLU()
    ConvTranspose2D(64, 32, kernel: 4, stride: 2, padding: 1); BatchNorm(32); ReLU()
    ConvTranspose2D(32, 24, kernel: 4, stride: 2, padding: 1); BatchNorm(24); ReLU()
    Conv2D(24, 3, kernel: 3, padding: 1); Tanh()
  }

  func callAsFunction(_ words: Tensor) -> Tensor {
    image(concatenate([randomNormal([words.shape[0], 16]), text(words)], axis: 1))
  }
}

struct Judge: Module {
  let text = caption()
  let image = Sequential {
    Conv2D(3, 32, kernel: 4, stride: 2, padding: 1); LeakyReLU(slope: 0.2)
    Conv2D(32, 64, kernel: 4, stride: 2, padding: 1); LeakyReLU(slope: 0.2)
    Flatten()
    Dense(64 * 16, 64); LeakyReLU(slope: 0.2)
  }
  let both = Sequential {
    Dense(64 + 64, 64); LeakyReLU(slope: 0.2); Dense(64, 1)
  }

  func callAsFunction(_ x: Tensor, _ words: Tensor) -> Tensor {
    let (seen, said) = (image(x), text(words))
    return both(concatenate([seen, seen * said], axis: 1)).squeezed(1)
  }
}

/// Says which words are right. Colour, size and place are measured; the kind is read from the
/// outline alone, which is moved about, so that nothing else can give it away.
struct Reader: Module {
  let kind = Sequential {
    RandomShift(4)
    Conv2D(1, 16, kernel: 3, padding: 1); ReLU(); MaxPool2D(2)
    Conv2D(16, 32, kernel: 3, padding: 1); ReLU()
    GlobalMaxPool()
    Dense(32, 3)
  }

  /// How much of each pixel a figure fills, [n, 16, 16].
  func outline(_ x: Tensor) -> Tensor { clamp((x / 2 + 0.3).max(axis: 1) / 0.6, 0...1) }

  /// Learns the kinds from real scenes.
  func learn(_ x: Tensor, _ words: Tensor) -> Tensor {
    let loss = crossEntropy(kind(outline(x).expanded(at: 1)), words[.all, 2] - 6)
    Adam(rate: 3e-3).minimize(loss, kind.parameters)
    return loss
  }

  /// 1 for words that are right, else 0: [n, 4].
  func right(_ x: Tensor, _ words: Tensor) -> Tensor {
    let share = outline(x)
    let area = share.sum(axes: [1, 2]) + 1e-6
    let seen = ((x / 2 + 0.5) * share.expanded(at: 1)).sum(axes: [2, 3]) / area.expanded(at: 1)
    let colours = Tensor([[230, 40, 40], [40, 200, 60], [60, 80, 240], [240, 220, 50]]) / 255
    let along = range(16).cast(to: .f32) - 7.5
    let x0 = (share.sum(axis: 1) * along).sum(axis: 1)
    let y0 = (share.sum(axis: 2) * along).sum(axis: 1)
    let found = [
      (area .> 25).cast(to: .i32), distances(seen, colours).argmin() + 2,
      kind(share.expanded(at: 1)).argmax() + 6, stack([-x0, x0, -y0, y0], axis: 1).argmax() + 9,
    ]
    return (stack(found, axis: 1) .== words).cast(to: .f32)
  }
}

let (generator, judge, reader) = (Generator(), Judge(), Reader())
let average = generator.copy()
let model = Model(
  "text_to_image",
  ["generator": generator, "judge": judge, "average": average, "reader": reader])

// 72 of the 96 captions with 12 scenes each; the other 24 are held out.
let scenes = DataSet.npz(
  "../../data/shapes/train.npz", fields: ["image": .u8[3, 16, 16], "word": .u8[4]]
).held(out: "held.npz")

let epochs = 16

model.train(on: scenes, batch: 32, epochs: epochs, best: .max("all_four")) { batch in
  let x = batch.image.cast(to: .f32) / 127.5 - 1
  let words = batch.word.cast(to: .i32)
  let fake = generator(words)
  // Half of the scenes that the judge should refuse are drawn, half real with the caption of
  // another one.
  let real = judge(x, words)
  let isOther = (words .!= words.rolled(by: 1, axis: 0)).any(axis: 1).cast(to: .f32)
  let wrong = softplus(judge(x, words.rolled(by: 1, axis: 0))) * isOther
  let drawn = softplus(judge(fake.stopGradient(), words))
  let judgeLoss = (softplus(-real) + (wrong + drawn) / 2).mean()
  // R1: the judge pays for its slope at real scenes.
  let slope = gradient(of: real.sum(), by: x)
  let price = (slope * slope).sum(axes: [1, 2, 3]).mean()
  let adam = Adam(rate: .linear(from: 1e-3), beta1: 0.5)
  adam.minimize(judgeLoss + 0.1 * price, judge.parameters)
  let loss = softplus(-judge(fake, words)).mean()
  adam.minimize(loss, generator.parameters)
  average.follow(generator, 0.98)
  return ["j_d": judgeLoss, "j_g": loss, "reader": reader.learn(x, words)]
} evaluate: { batch in
  let (x, words) = (batch.image.cast(to: .f32) / 127.5 - 1, batch.word.cast(to: .i32))
  let (real, drawn) = (reader.right(x, words), reader.right(average.run { $0(words) }, words))
  return [
    "all_four": drawn.min(axis: 1).mean(), "words": drawn.mean(), "size": drawn[.all, 0].mean(),
    "colour": drawn[.all, 1].mean(), "kind": drawn[.all, 2].mean(), "place": drawn[.all, 3].mean(),
    "real": real.mean(), "real_all_four": real.min(axis: 1).mean(),
  ]
}

// One scene of each of the 96 captions, in the order of the words.
model.every(epochs: epochs, "scenes", .image(columns: 12)) {
  let i = range(96)
  let captions = stack([i / 48, 2 + i / 12 % 4, 6 + i / 4 % 3, 9 + i % 4], axis: 1)
  let x = average.run { $0(captions) } / 2 + 0.5
  return ["image": x.resized(by: [3.0, 3.0], mode: .nearest)]
}
