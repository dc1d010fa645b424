// Handwriting: an LSTM reads strokes by connectionist temporal classification, and another one
// writes words by a mixture of normal distributions (Graves, 2013). What is written is read.

import GraphKit

/// Reads strokes [n, steps, 3] in both directions.
struct Reader: Module {
  let lstm = LSTM(3, 64, bidirectional: true)
  let output = Dense(128, letters.count)

  /// Log-probabilities of the blank and the letters, [steps, n, letters].
  func callAsFunction(_ strokes: Tensor) -> Tensor {
    logSoftmax(output(lstm(strokes.swappedAxes(0, 1) * 3)))
  }

  func loss(_ strokes: Tensor, _ words: Tensor) -> Tensor {
    let n = words.shape[0]
    return ctcLoss(
      self(strokes), words, inputLengths: full([n], Double(length * points), .i32),
      targetLengths: full([n], Double(length), .i32))
  }

  /// The share of wrong letters, and of words that are right.
  func errors(_ strokes: Tensor, _ words: Tensor) -> (letters: Tensor, words: Tensor) {
    let (read, lengths) = ctcGreedyDecode(self(strokes))
    let distance = read.editDistance(to: words, lengths: lengths).cast(to: .f32)
    return (distance.mean() / Double(length), (distance .== 0).cast(to: .f32).mean())
  }
}

/// Writes a word: a window moves over its letters, as fast as the LSTM says.
struct Writer: Module {
  let cell = LSTMCell(3 + letters.count, 96)
  let window = Dense(96, 2)
  let output = Dense(96 + letters.count, 1 + 5 * mixtures)

  /// What a step needs: hidden and cell state, the place of the window and the letters in it.
  func start(_ n: Int) -> [Tensor] {
    [zeros([n, 96]), zeros([n, 96]), full([n, 1], -0.5), zeros([n, letters.count])]
  }

  /// What the next stroke is drawn from, after a stroke [n, 3].
  func next(
    _ stroke: Tensor, _ state: [Tensor], _ text: Tensor
  ) -> (hand: Tensor, state: [Tensor]) {
    let (hidden, memory) = cell(
      concatenate([stroke, state[3]], axis: 1), state: (hidden: state[0], cell: state[1]))
    let move = window(hidden)
    let place = state[2] + exp(move[.all, ..<1] - 2)
    let away = place - range(length, .f32)
    let weights = exp(-exp(move[.all, 1...]) * away * away)
    let seen = einsum("nl,nlk->nk", weights, text)
    return (output(concatenate([hidden, seen], axis: 1)), [hidden, memory, place, seen])
  }
}

let mixtures = 4

/// A mixture of normal distributions of the way, and the odds that the pen is in the air.
struct Hand {
  let air: Tensor
  let shares: Tensor
  let ways: Normal

  init(_ x: Tensor) {
    air = x[..., 0]
    let parts = x[..., 1...].unflattened(-1, to: [mixtures, 5])
    shares = logSoftmax(parts[..., 0])
    ways = Normal(mean: parts[..., 1..<3], deviation: exp(clamp(parts[..., 3...], -5...3)))
  }

  /// The negative log-likelihood of strokes, in nats.
  func loss(_ strokes: Tensor) -> Tensor {
    let way = ways.logProbability(strokes[..., ..<2].expanded(at: -2)).sum(axis: -1)
    let pen = Bernoulli(logits: air).logProbability(strokes[..., 2])
    return -((shares + way).logSumExp(axis: -1) + pen).mean()
  }

  /// A random stroke, whose deviations are smaller than learned: the writing becomes neat.
  func stroke(_ neatness: Double) -> Tensor {
    let chosen = randomCategorical(logits: shares).oneHot(mixtures).cast(to: .f32)
    let way = ways.mean + randomNormal(like: ways.mean) * ways.deviation * neatness
    let isUp = (air .> 0).cast(to: .f32)
    let one = (way * chosen.expanded(at: -1)).sum(axis: 1)
    return concatenate([one, isUp.expanded(at: 1)], axis: 1)
  }
}

let (reader, writer) = (Reader(), Writer())
let model = Model("strokes", ["reader": reader, "writer": writer])

func text(_ words: Tensor) -> Tensor { words.oneHot(letters.count).cast(to: .f32) }

/// Words [n, 4] as strokes [n, 32, 3].
func write(_ words: Tensor) -> Tensor {
  let n = words.shape[0]
  let start = writer.start(n) + [zeros([n, 3])]
  return scan(start, steps: length * points) { step in
    let (hand, state) = writer.next(step.carries[4], Array(step.carries[..<4]), text(words))
    let stroke = Hand(hand).stroke(0.5)
    return (state + [stroke], [stroke])
  }.outputs[0].swappedAxes(0, 1)
}

model.phase("read", epochs: 10, steps: 100, evaluation: 10) {
  let (words, strokes) = written(32)
  let loss = reader.loss(strokes, words)
  Adam(rate: .cosine(from: 1e-2), clip: .norm(5)).minimize(loss, reader.parameters)
  return ["loss": loss]
} evaluate: {
  let (words, strokes) = written(32)
  let errors = reader.errors(strokes, words)
  return [
    "loss": reader.loss(strokes, words), "letter_error": errors.letters, "words": errors.words,
  ]
}

/// The loss of what is written after each true stroke.
func followed(_ words: Tensor, _ strokes: Tensor) -> Tensor {
  let before = strokes.padded([(0, 0), (1, -1), (0, 0)]).swappedAxes(0, 1)
  let hands = scan(writer.start(words.shape[0]), over: [before]) { step in
    let (hand, state) = writer.next(step.slices[0], step.carries, text(words))
    return (state, [hand])
  }.outputs[0]
  return Hand(hands).loss(strokes.swappedAxes(0, 1))
}

model.phase("write", epochs: 10, steps: 100, evaluation: 10) {
  let (words, strokes) = written(32)
  let loss = followed(words, strokes)
  Adam(rate: .cosine(from: 5e-3), clip: .norm(1)).minimize(loss, writer.parameters)
  return ["loss": loss]
} evaluate: {
  let (words, strokes) = written(32)
  let errors = reader.errors(write(words), words)
  return ["loss": followed(words, strokes), "letter_error": errors.letters, "words": errors.words]
}

// Words in random hands, and the same words as they are written here.
model.sample {
  let (words, strokes) = written(8)
  let images = stack([drawn(strokes), drawn(write(words))], axis: 1).flattened(from: 0, to: 1)
  return ["words": .text(words, of: letters), "image": images.expanded(at: 1)]
}
