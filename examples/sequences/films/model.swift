// Captions of films: a convolutional net looks at each frame, an LSTM watches, and another one says
// what happens, "a big square moves up and then left" (Venugopalan et al., 2015). Films are drawn
// in the graph.

import GraphKit

let sizes = ["small", "big"]
let shapes = ["square", "cross", "ring"]
let ways = ["left", "right", "up", "down"]
let words = ["", "a", "moves", "and", "then"] + sizes + shapes + ways
let (steps, side) = (10, 16)

struct Describer: Module {
  let eye = Sequential {
    Conv2D(2, 12, kernel: 5, stride: 2, padding: 2); ReLU()
    Conv2D(12, 16, kernel: 3, stride: 2, padding: 1); ReLU()
    Flatten(); Dense(256, 48); ReLU()
  }
  let watcher = LSTM(48, 64)
  let embedding = Embedding(words.count, 16)
  let speaker = LSTM(16 + 64, 64)
  let output = Dense(64, words.count)

  /// What is known after all frames [steps, n, 1, y, x]: [n, 64].
  func watch(_ frames: Tensor) -> Tensor {
    // With what has changed since the frame before, so that filters see motion.
    let pairs = concatenate([frames[1...], frames[1...] - frames[..<(-1)]], axis: 2)
    let seen = eye(pairs.flattened(from: 0, to: 1)).reshaped([steps - 1, -1, 48])
    return watcher(seen)[-1]
  }

  /// The mean of the frames in the place of each: what one knows who does not see their order.
  func glance(_ frames: Tensor) -> Tensor {
    watch(frames.mean(axis: 0, keep: true).broadcast(to: frames.shape))
  }

  /// Scores of what follows each word of captions [words, n].
  func callAsFunction(
    _ words: Tensor, _ seen: Tensor, _ state: LSTM.State? = nil
  ) -> (scores: Tensor, state: LSTM.State) {
    let always = seen.broadcast(to: [words.shape[0], words.shape[1], 64])
    let (hidden, last) = speaker(concatenate([embedding(words), always], axis: 2), state: state)
    return (output(hidden), last)
  }

  /// Says the likeliest word eight times, [n, 8].
  func describe(_ seen: Tensor) -> Tensor {
    let none = zeros([1, seen.shape[0], 64])
    let start = [none, none, zeros([1, seen.shape[0]], .i32)]
    return scan(start, steps: 8) { step in
      let state = (hidden: step.carries[0], cell: step.carries[1])
      let (scores, next) = self(step.carries[2], seen, state)
      let word = scores.argmax()
      return ([next.hidden, next.cell, word], [word.squeezed(0)])
    }.outputs[0].transposed()
  }
}

let net = Describer()
let still = Describer()
let model = Model("films", ["net": net, "still": still])

/// Films [steps, n, 1, side, side] and captions [n, 8]: a glyph goes one way, and then another.
func films(_ n: Int) -> (frames: Tensor, caption: Tensor) {
  let (size, shape) = (randomIntegers([n], 0..<2), randomIntegers([n], 0..<3))
  let first = randomIntegers([n], 0..<4)
  let second = (first.divided(by: 2, rounding: .down) * 2 + 2 + randomIntegers([n], 0..<2)) % 4
  // The place after each step: five of the first way, then five of the second.
  let isFirst = (range(steps) .< 5).expanded(at: 1)
  let way = select(isFirst, first, second)
  // In the middle on average, so that the place does not tell where the film began.
  func path(_ moves: [Double]) -> Tensor {
    let path = Tensor(moves).gather(way).cumulativeSum(axis: 0)
    return path - path.mean(axis: 0) + randomUniform([n], 6...9)
  }
  let (row, column) = (path([0, 0, -1, 1]), path([-1, 1, 0, 0]))
  func pixels(_ x: Tensor) -> Tensor { x.expanded(at: -1).expanded(at: -1) }
  let y = range(side, .f32).expanded(at: 1) - pixels(row)
  let x = range(side, .f32) - pixels(column)
  let radius = pixels(size.cast(to: .f32)) * 1.5 + 2
  let far = maximum(abs(x), abs(y))
  let masks = stack([
    far .< radius, (far .< radius) .&& (minimum(abs(x), abs(y)) .< 0.8),
    abs(hypot(x, y) - radius + 0.5) .< 0.8,
  ])
  let isShape = pixels(shape .== range(3).expanded(at: 1)).expanded(at: 1)
  let glyph = (masks .&& isShape).any(axis: 0).cast(to: .f32)
  let noisy = glyph + randomNormal([steps, n, side, side], deviation: 0.1)
  func word(_ text: String, _ add: Tensor) -> Tensor { add + (words.firstIndex(of: text) ?? 0) }
  let none = zeros([n], .i32)
  let caption = [
    word("a", none), word("small", size), word("square", shape), word("moves", none),
    word("left", first), word("and", none), word("then", none), word("left", second),
  ]
  return (noisy.expanded(at: 2), stack(caption, axis: 1))
}

model.train(epochs: 8, steps: 60, evaluation: 10) {
  let (frames, caption) = films(64)
  let before = caption.padded([(0, 0), (1, -1)]).transposed()
  func loss(_ net: Describer, _ seen: Tensor) -> Tensor {
    let loss = crossEntropy(net(before, seen).scores.transposed([1, 2, 0]), caption)
    Adam(rate: .cosine(from: 5e-3), clip: .norm(1)).minimize(loss, net.parameters)
    return loss
  }
  return ["loss": loss(net, net.watch(frames)), "still": loss(still, still.glance(frames))]
} evaluate: {
  let (frames, caption) = films(64)
  let isRight = (net.describe(net.watch(frames)) .== caption).cast(to: .f32)
  let isKnown = (still.describe(still.glance(frames)) .== caption).cast(to: .f32)
  return [
    "loss": 1 - isRight.mean(), "words": isRight.mean(), "captions": isRight.min(axis: 1).mean(),
    "still_words": isKnown.mean(), "still_captions": isKnown.min(axis: 1).mean(),
  ]
}

// Four films, a row of frames each, and what the net says.
model.sample {
  let (frames, _) = films(4)
  let dark = 1 - clamp(frames.squeezed(2), 0...1).repeatedEach(4, axis: 2).repeatedEach(4, axis: 3)
  let cells = dark.padded([(0, 0), (0, 0), (2, 2), (2, 2)], value: 0.7)
  return [
    "film": cells.transposed([1, 2, 0, 3]).reshaped([1, 1, 4 * 68, 68 * steps]),
    "caption": .names(net.describe(net.watch(frames)), words, separator: " "),
  ]
}
