// Skip-gram with negative samples (Mikolov et al., 2013) factors a table: at the optimum, word
// times context is log p(w, c) / (p(w) p(c)) - log k (Levy and Goldberg, 2014). And analogies: king
// - man + woman = queen.

import GraphKit

/// Words for each combination of a rank, a sex and an age.
let words = ["king", "queen", "prince", "princess", "man", "woman", "boy", "girl"]
/// How often a context stands beside a word, by the rank, the sex and the age of the word.
let contexts = [
  "throne", "crown", "field", "village", "he", "beard", "she", "dress", "old", "toy", "the", "and",
]
let traits: [[Double]] = [
  [4, 3, 0.2, 0.1, 1, 1, 1, 1, 1, 1, 1, 1], [0.1, 0.2, 3, 4, 1, 1, 1, 1, 1, 1, 1, 1],
  [1, 1, 1, 1, 5, 3, 0.1, 0.2, 1, 1, 1, 1], [1, 1, 1, 1, 0.1, 0.2, 5, 3, 1, 1, 1, 1],
  [1, 1, 1, 1, 1, 1.5, 1, 1, 4, 0.1, 1, 1], [1, 1, 1, 1, 1, 0.5, 1, 1, 0.3, 4, 1, 1],
]
let negatives = 5.0

struct Vectors: Module {
  let word = Parameter([8, 12], initialiser: .normal(deviation: 0.3))
  let context = Parameter([12, 12], initialiser: .normal(deviation: 0.3))
}

let net = Vectors()
let model = Model("word_pairs", net)

/// p(w, c), [8, 12]: the traits of a word multiply.
func table() -> Tensor {
  let all = Tensor(traits)
  let (rank, sex, age) = (all[..<2], all[2..<4], all[4...])
  let word = range(8)
  let chances = rank[word / 4] * sex[word % 2] * age[word / 2 % 2]
  return chances / chances.sum()
}

// The mean over all pairs, instead of samples of them: log sigmoid(w.c) for a pair, k times log
// sigmoid(-w.c) for a word and a context by themselves.
model.train(epochs: 20, steps: 500) {
  let joint = table()
  let product = joint.sum(axis: 1, keep: true) * joint.sum(axis: 0, keep: true)
  let scores = net.word.value.matmul(net.context.value.transposed())
  let gain = joint * logSigmoid(scores) + negatives * product * logSigmoid(-scores)
  Adam(rate: .cosine(from: 0.02)).minimize(-gain.sum(), net.parameters)
  let exact = log(joint / product) - log(Tensor(negatives))
  // The nearest word to a - b + c, but for these three, by the cosine.
  let analogies = [(0, 4, 5, 1), (2, 6, 7, 3), (0, 1, 3, 2), (4, 5, 7, 6), (0, 2, 6, 4)]
  let vectors = net.word.value - net.word.value.mean(axis: 0, keep: true)
  let right = analogies.map { a, b, c, d in
    let near = cosineSimilarity(vectors, (vectors[a] - vectors[b] + vectors[c]).expanded(at: 0))
    let others = near.scattered(full([3], -2), at: Tensor([a, b, c].map(Double.init), .i32))
    return (others.argmax() .== d).cast(to: .f32)
  }
  return [
    "loss": -gain.sum(), "difference": abs(scores - exact).max(),
    "analogies": stack(right).sum(),
  ]
}
