// Retrieval by two towers: ten words of a chapter are a question, and the rest of the chapter must
// be found among 238. Both become vectors that a contrastive loss draws together (van den Oord
// et al., 2018); the baseline counts common words, weighted by how rare they are (tf-idf).

import GraphKit

/// A vector of a text: 64 numbers for what it is about, and its words, weighted.
struct Tower: Module {
  let meaning = Sequential { Dropout(0.3); Dense(400, 64, bias: false) }
  let logWeight = Parameter([400])

  func callAsFunction(_ count: Tensor) -> [Tensor] {
    let x = log1p(count)
    return [meaning(x).normalized(), (x * exp(logWeight.value)).normalized()]
  }
}

struct Towers: Module {
  let question = Tower()
  let passage = Tower()
  let logScale = Parameter([2], initialiser: .constant(2))

  /// The score of each passage for each question, [questions, passages].
  func callAsFunction(_ questions: Tensor, _ passages: Tensor) -> Tensor {
    let (q, p) = (question(questions), passage(passages))
    let scale = exp(logScale.value)
    return q[0].matmul(p[0].transposed()) * scale[0] + q[1].matmul(p[1].transposed()) * scale[1]
  }
}

let towers = Towers()
let model = Model("retrieval", towers)

let chapters = DataSet("../../data/kjv", fields: ["count": .u8[400]])

/// Ten words from about half of the words of each chapter, and the rest of them.
func halves(_ count: Tensor) -> (questions: Tensor, passages: Tensor) {
  let count = count.cast(to: .f32)
  let half = minimum(randomPoisson(rate: count / 2).cast(to: .f32), count)
  let words = randomMultinomial(10, probabilities: half + 1e-6)
  return (words.cast(to: .f32), count - half)
}

/// The cosine of counts, weighted by the logarithm of how few of the passages have the word.
func lexical(_ questions: Tensor, _ passages: Tensor) -> Tensor {
  let there = (passages .> 0).cast(to: .f32).sum(axis: 0)
  let rarity = log((Double(passages.shape[0]) + 1) / (there + 1))
  func weighted(_ x: Tensor) -> Tensor { (log1p(x) * rarity).normalized() }
  return weighted(questions).matmul(weighted(passages).transposed())
}

/// How often the right passage is the first, and among the first five.
func recalls(_ scores: Tensor) -> [Tensor] {
  [1, 5].map { accuracy(scores, range(scores.shape[0]), top: $0) }
}

model.train(on: chapters, batch: 238, epochs: 60, validation: 0.2) { batch in
  let (questions, passages) = halves(batch.count)
  let right = range(batch.count.shape[0])
  let scores = towers(questions, passages)
  // Each question must find its passage, each passage its question.
  let loss = (crossEntropy(scores, right) + crossEntropy(scores.transposed(), right)) / 2
  AdamW(rate: .cosine(from: 1e-2), weightDecay: 0.1).minimize(loss, towers.parameters)
  return ["loss": loss, "recall_1": recalls(scores)[0]]
} evaluate: { batch in
  // The means of eight questions for each of the 238 chapters.
  let sums = scan(zeros([5]), over: zeros([8])) { sum, _ in
    let (questions, passages) = halves(batch.count)
    let scores = towers(questions, passages)
    let loss = crossEntropy(scores, range(batch.count.shape[0]))
    let all = [loss] + recalls(scores) + recalls(lexical(questions, passages))
    return (sum + stack(all) / 8, loss)
  }.carry
  return [
    "loss": sums[0], "recall_1": sums[1], "recall_5": sums[2], "words_1": sums[3],
    "words_5": sums[4],
  ]
}
