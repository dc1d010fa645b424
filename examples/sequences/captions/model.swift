// Captions: a convolutional net looks at a scene of two shapes, an LSTM says what is there (Vinyals
// et al., 2015), "a small red circle above a big blue square". Scenes are drawn in the graph.

import GraphKit

let sizes = ["small", "big"]
let colours = ["red", "green", "blue", "yellow"]
let shapes = ["circle", "square", "triangle"]
let relations = ["above", "left of"]
let words = ["", "a"] + sizes + colours + shapes + relations

/// The number of the first of some words.
func first(_ kind: [String]) -> Int { words.firstIndex(of: kind[0]) ?? 0 }

struct Describer: Module {
  let eye = Sequential {
    Conv2D(3, 16, kernel: 3, stride: 2, padding: 1); BatchNorm(16); ReLU()
    Conv2D(16, 32, kernel: 3, stride: 2, padding: 1); BatchNorm(32); ReLU()
    Conv2D(32, 32, kernel: 3, stride: 2, padding: 1); BatchNorm(32); ReLU()
    Flatten(); Dense(32 * 9, 64); Tanh()
  }
  let embedding = Embedding(words.count, 16)
  let lstm = LSTM(16 + 64, 64)
  let output = Dense(64, words.count)

  /// Scores of what follows each word of captions [steps, n], of what is seen [n, 64].
  func callAsFunction(
    _ words: Tensor, _ seen: Tensor, _ state: LSTM.State? = nil
  ) -> (scores: Tensor, state: LSTM.State) {
    let always = seen.broadcast(to: [words.shape[0], words.shape[1], 64])
    let (hidden, last) = lstm(concatenate([embedding(words), always], axis: 2), state: state)
    return (output(hidden), last)
  }

  /// Says the likeliest word nine times, [n, 9].
  func describe(_ image: Tensor) -> Tensor {
    let seen = eye(image)
    let none = zeros([1, image.shape[0], 64])
    let start = [none, none, zeros([1, image.shape[0]], .i32)]
    return scan(start, steps: 9) { step in
      let state = (hidden: step.carries[0], cell: step.carries[1])
      let (scores, next) = self(step.carries[2], seen, state)
      let word = scores.argmax()
      return ([next.hidden, next.cell, word], [word.squeezed(0)])
    }.outputs[0].transposed()
  }
}

let net = Describer()
let model = Model("captions", net)

// MARK: Scenes

/// A shape at one of the sides: where it is, [n, y, x], its colour [n, 3], and its words.
func shape(_ n: Int, row: Tensor, column: Tensor) -> (mask: Tensor, colour: Tensor, words: Tensor) {
  func choose(_ kind: [String]) -> Tensor { randomIntegers([n], 0..<kind.count) }
  let (size, colour, form) = (choose(sizes), choose(colours), choose(shapes))
  func pixels(_ x: Tensor) -> Tensor { x.cast(to: .f32).reshaped([n, 1, 1]) }
  let line = range(24, .f32) - 11.5
  let y = line.expanded(at: 1) - pixels(row) - randomUniform([n, 1, 1], -1...1)
  let x = line - pixels(column) - randomUniform([n, 1, 1], -1...1)
  let radius = pixels(size) * 2 + 3
  let masks = stack([
    hypot(x, y) .< radius, maximum(abs(x), abs(y)) .< radius * 0.85,
    (y .< radius * 0.8) .&& (y - radius * 0.8 + 2 * radius .> 2 * abs(x)),
  ])
  let mask = (pixels(form) .== range(3, .f32).reshaped([3, 1, 1, 1])) .&& masks
  let tints = Tensor([[1, 0.2, 0.2], [0.2, 0.8, 0.2], [0.3, 0.4, 1], [0.9, 0.9, 0.2]])
  let article = full([n], 1, .i32)
  let text = [article, size + first(sizes), colour + first(colours), form + first(shapes)]
  return (mask.any(axis: 0), tints.gather(colour), stack(text, axis: 1))
}

/// Images [n, 3, 24, 24] and captions [n, 9]: the upper or the left shape comes first.
func scenes(_ n: Int) -> (image: Tensor, caption: Tensor) {
  let relation = randomIntegers([n], 0..<2)
  let (row, column) = (6 * (1 - relation), 6 * relation)
  let (one, two) = (shape(n, row: -row, column: -column), shape(n, row: row, column: column))
  var image = randomUniform([n, 3, 24, 24], 0...0.15)
  for part in [one, two] {
    image = select(part.mask.expanded(at: 1), part.colour.reshaped([n, 3, 1, 1]), image)
  }
  let between = (relation + first(relations)).expanded(at: 1)
  return (image, concatenate([one.words, between, two.words], axis: 1))
}

// MARK: Training

model.train(epochs: 16, steps: 100, evaluation: 20) {
  let (image, caption) = scenes(64)
  let before = caption.padded([(0, 0), (1, -1)]).transposed()
  let scores = net(before, net.eye(image)).scores
  let loss = crossEntropy(scores.transposed([1, 2, 0]), caption)
  Adam(rate: .cosine(from: 4e-3), clip: .norm(1)).minimize(loss, net.parameters)
  return ["loss": loss]
} evaluate: {
  let (image, caption) = scenes(64)
  let isRight = (net.describe(image) .== caption).cast(to: .f32)
  return [
    "loss": 1 - isRight.mean(), "words": isRight.mean(), "captions": isRight.min(axis: 1).mean(),
  ]
}

model.sample {
  let (image, _) = scenes(6)
  return [
    "image": image.repeatedEach(4, axis: 2).repeatedEach(4, axis: 3),
    "caption": .names(net.describe(image), words, separator: " "),
  ]
}
