// An autoencoder with a code of words (VQ-VAE, van den Oord et al., 2017): 4 x 4 places of a
// letter, at each one of 64 vectors. A second net learns to spell such codes, and so draws letters.

import GraphKit

let (words, width) = (64, 16)

struct VQVAE: Module {
  let encoder = Sequential {
    Conv2D(1, 16, kernel: 4, stride: 2, padding: 1); SiLU()
    Conv2D(16, 32, kernel: 4, stride: 2, padding: 1); SiLU()
    // Vectors of about the length of the first words, or all become the same word.
    Conv2D(32, width, kernel: 1); BatchNorm(width, affine: false)
  }
  let decoder = Sequential {
    Conv2D(width, 32, kernel: 3, padding: .same); SiLU()
    ConvTranspose2D(32, 16, kernel: 4, stride: 2, padding: 1); SiLU()
    ConvTranspose2D(16, 1, kernel: 4, stride: 2, padding: 1); Sigmoid()
  }
  // The vectors are means: of what was near them lately, by their number and their sum.
  let number = Parameter.statistic([words], initialiser: .ones)
  let sum = Parameter.statistic([words, width], initialiser: .normal())

  var book: Tensor { sum.value / number.value.expanded(at: 1) }

  /// Vectors of an image, [n * 16, width].
  func code(_ x: Tensor) -> Tensor {
    encoder(x).movedAxis(1, to: 3).reshaped([-1, width])
  }

  /// The nearest word of each.
  func nearest(_ code: Tensor) -> Tensor { distances(code, book).argmin(axis: 1) }

  func image(_ vectors: Tensor) -> Tensor {
    decoder(vectors.reshaped([-1, 4, 4, width]).movedAxis(3, to: 1))
  }

  /// Moves words to the middle of the vectors that are nearest to them; one that no vector was near
  /// lately moves to a random vector.
  func learn(_ code: Tensor, _ word: Tensor) {
    let hot = word.oneHot(words).cast(to: .f32)
    number.assign(0.99 * number.value + 0.01 * hot.sum(axis: 0))
    sum.assign(0.99 * sum.value + 0.01 * hot.transposed().matmul(code))
    let isIdle = number.value .< 0.05
    let other = code.gather(randomIntegers([words], 0..<code.shape[0]))
    sum.assign(select(isIdle.expanded(at: 1), other, sum.value))
    number.assign(select(isIdle, 1, number.value))
  }
}

/// The next word from those before it and the letter.
struct Speller: Module {
  let word = Embedding(words + 1, 48)
  let letter = Embedding(10, 48)
  let dropout = Dropout(0.2)
  let memory = GRU(96, 96, batchFirst: true)
  let output = Dense(96, words)

  /// Scores of the words that follow, [n, steps, words]; the number of words stands for the start.
  func callAsFunction(_ text: Tensor, _ label: Tensor) -> Tensor {
    let letters = letter(label).expanded(at: 1).broadcast(to: Shape(text.shape.dims + [48]))
    return output(dropout(memory(dropout(concatenate([word(text), letters], axis: 2)))))
  }
}

let (vae, speller) = (VQVAE(), Speller())
let model = Model("vq", ["vae": vae, "speller": speller])

// The letters A to J.
let letters = DataSet.npz(
  "../../data/letters/train.npz", fields: ["image": .u8[1, 32, 32], "label": .u8]
).where("label", in: 10...19)

func pixels(_ batch: Batch) -> Tensor {
  (batch.image.cast(to: .f32) / 255).resized(by: [0.5, 0.5], mode: .area)
}

model.phase("code", on: letters, batch: 32, epochs: 20, validation: 0.1) { batch in
  let x = pixels(batch)
  let code = vae.code(x)
  let word = vae.nearest(code)
  // The image comes from the words, the gradient goes to the code as if it had not been replaced.
  let image = vae.image(straightThrough(code) { _ in vae.book.gather(word).stopGradient() })
  let commitment = mse(code, vae.book.gather(word).stopGradient())
  Adam(rate: 2e-3).minimize(mse(image, x) + 0.25 * commitment, vae.parameters)
  vae.learn(code.stopGradient(), word)
  let share = vae.number.value / vae.number.value.sum()
  return [
    "error": mse(image, x), "commitment": commitment,
    // How many words are in use: exp of the entropy.
    "used": exp(Categorical(probabilities: share).entropy),
  ]
}

func text(_ x: Tensor) -> Tensor { vae.nearest(vae.code(x)).reshaped([-1, 16]).stopGradient() }

model.phase("spelling", on: letters, batch: 32, epochs: 20, validation: 0.1) { batch in
  let text = text(pixels(batch))
  let start = full([text.shape[0], 1], Double(words), .i32)
  let scores = speller(
    concatenate([start, text[.all, ..<15]], axis: 1), batch.label.cast(to: .i32) - 10)
  let loss = crossEntropy(scores.flattened(from: 0, to: 1), text.flattened())
  Adam(rate: .cosine(from: 3e-3)).minimize(loss, speller.parameters)
  return ["nats": loss]
}

/// Letters that the speller draws, word by word.
func spelled(_ label: Tensor) -> Tensor {
  let start = full([label.shape[0], 17], Double(words), .i32)
  let text = scan([start], steps: 16) { step in
    let (text, i) = (step.carries[0], step.index.cast(to: .i32))
    let word = randomCategorical(logits: speller(text[.all, ..<16], label).gather(i, axis: 1))
    return ([text.dynamicUpdate(word.expanded(at: 1), from: [Tensor(0, .i32), i + 1])], [])
  }.carries[0]
  return vae.image(vae.book.gather(text[.all, 1...].flattened()))
}

// A row for each letter.
model.every(epochs: 20, "letters", .image(columns: 12)) {
  ["image": spelled(range(10).repeatedEach(12))]
}

// From above: letters, and the same after they were words.
model.infer(Input("image", [1, 1, 32, 32])) { image in
  let x = image.resized(by: [0.5, 0.5], mode: .area)
  return ["image": concatenate([x, vae.image(vae.book.gather(vae.nearest(vae.code(x))))], axis: 2)]
}
