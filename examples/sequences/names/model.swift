// Names letter by letter, by four models of growing reach (the course makemore, Karpathy, 2022): a
// table of pairs, a net that sees three letters (Bengio et al., 2003), a recurrent net, and a
// Transformer. Each says which letter follows, and the end of a name, which is 0.

import GraphKit

/// With makemore's list: gcomp train model.swift --set longest=16 -- --data FOLDER
let longest = option("longest", 12, help: "letters of a name with its end, at most")

/// Maps letters [names, longest] to scores of those that follow them, [names, longest, 27].
protocol Speller: Layer {}

/// How often each letter follows each; no letter follows another never.
struct Bigram: Speller {
  let count = Parameter.statistic([27, 27], initialiser: .ones)

  func callAsFunction(_ x: Tensor) -> Tensor { log(count.value).gather(x) }

  /// Counts pairs of letters, each with a weight.
  func see(_ x: Tensor, _ next: Tensor, _ weight: Tensor) {
    let from = x.oneHot(27).cast(to: .f32) * weight.expanded(at: -1)
    count.value += einsum("nti,ntj->ij", from, next.oneHot(27).cast(to: .f32))
  }
}

struct MLP: Speller {
  let letter = Embedding(27, 10)
  let layers = Sequential {
    Dense(30, 200); Tanh(); Dense(200, 27)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let padded = x.padded([(before: 0, after: 0), (before: 2, after: 0)])
    return layers(letter(padded.windows(of: 3, axis: 1)).flattened(from: 2))
  }
}

struct RecurrentNet: Speller {
  let letter = Embedding(27, 32)
  let gru = GRU(32, 64, batchFirst: true)
  let dropout = Dropout(0.2)
  let output = Dense(64, 27)

  func callAsFunction(_ x: Tensor) -> Tensor { output(dropout(gru(letter(x)))) }
}

struct Transformer: Speller {
  let letter = Embedding(27, 32, initialiser: .normal(deviation: 0.3))
  let positions = LearnedPositions(longest, 32, initialiser: .normal(deviation: 0.3))
  let blocks = (0..<2).map { _ in
    TransformerEncoderLayer(
      32, heads: 4, feedForward: 128, dropout: 0.1, activation: .gelu, batchFirst: true,
      normFirst: true)
  }
  let norm = LayerNorm(32)
  let output = Dense(32, 27)

  func callAsFunction(_ x: Tensor) -> Tensor {
    let seen = blocks.reduce(positions(letter(x))) { $1($0, mask: nil, isCausal: true) }
    return output(norm(seen))
  }
}

let (bigram, mlp, rnn, transformer) = (Bigram(), MLP(), RecurrentNet(), Transformer())
let learners: [(name: String, net: any Speller, rate: Double)] = [
  ("mlp", mlp, 5e-3), ("rnn", rnn, 5e-3), ("transformer", transformer, 3e-3),
]
let model = Model(
  "names", ["bigram": bigram, "mlp": mlp, "rnn": rnn, "transformer": transformer])
let names = DataSet("../../data/names", fields: ["letter": .u8[16]])

/// What is read, what follows, and 1 up to the end of each name, 0 behind it.
func spelled(_ batch: Batch) -> (x: Tensor, next: Tensor, weight: Tensor) {
  let next = batch.letter.cast(to: .i32)[.all, ..<longest]
  let x = next.padded([(before: 0, after: 0), (before: 1, after: -1)])
  let isFirst = range(longest) .== 0
  return (x, next, ((x .!= 0) .|| isFirst).cast(to: .f32))
}

/// The sum of -log p over all letters and ends.
func nats(_ net: any Speller, _ x: Tensor, _ next: Tensor, _ weight: Tensor) -> Tensor {
  let each = crossEntropy(net(x).transposed([0, 2, 1]), next, reduction: .none)
  return (each * weight).sum()
}

model.train(on: names, batch: 32, epochs: 20, validation: 0.2) { batch in
  let (x, next, weight) = spelled(batch)
  let count = weight.sum()
  let pairs = nats(bigram, x, next, weight)
  let isFirst = (model.epoch .== 0).cast(to: .f32)
  bigram.see(x, next, weight * isFirst)  // each name once

  var losses: [Tensor] = []
  var scores: [(name: String, nats: Measure)] = [("bigram", .ratio(pairs, count))]
  for (name, net, rate) in learners {
    let sum = nats(net, x, next, weight)
    AdamW(rate: Schedule.cosine(from: rate, warmUp: 0.05), clip: .norm(1))
      .minimize(sum / count, net.parameters)
    losses.append(sum / count)
    scores.append((name, .ratio(sum, count)))
  }
  var outputs: Outputs = ["loss": stack(losses).mean()]
  for (name, nats) in scores { outputs.append(name, nats) }
  return outputs
}

/// Sixteen names that a model makes, each letter drawn by its probability.
func drawn(from net: any Speller) -> Tensor {
  scan([zeros([16, longest], .i32)], steps: longest - 1) { step in
    let x = step.carries[0]
    let scores = net(x).gather(step.index, axis: 1)
    let isOver = (x.gather(step.index, axis: 1) .== 0) .&& (step.index .> 0)
    let letter = select(isOver, 0, randomCategorical(logits: scores))
    let zero = Tensor(0, .i32)
    return ([x.dynamicUpdate(letter.expanded(at: 1), from: [zero, step.index + 1])], [])
  }.carries[0][.all, 1...]
}

model.sample {
  let alphabet = " abcdefghijklmnopqrstuvwxyz"
  return [
    "bigram": .text(drawn(from: bigram), of: alphabet),
    "mlp": .text(drawn(from: mlp), of: alphabet),
    "rnn": .text(drawn(from: rnn), of: alphabet),
    "transformer": .text(drawn(from: transformer), of: alphabet),
  ]
}
