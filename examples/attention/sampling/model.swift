// How the next word is drawn from what a language model says: by a temperature, among the k
// likeliest words, or from a nucleus (Holtzman et al., 2020), each tested by its distribution.
// Then whole sentences: their probability by the chain rule, and the likeliest by beam search.

import GraphKit

let model = Model("sampling")

/// Keeps the scores of the k likeliest words.
func topK(_ scores: Tensor, _ k: Int) -> Tensor {
  select(scores .>= scores.topK(k).values[.all, -1, .newAxis], scores, -Double.infinity)
}

/// Keeps those of the least set of words that has the share p: a word belongs to it if the
/// likelier ones have less.
func nucleus(_ scores: Tensor, _ p: Double) -> Tensor {
  let (shares, order) = softmax(scores).sorted(descending: true)
  let isKept = shares.cumulativeSum() - shares .< p
  return select(isKept.takeAlongAxis(order.argsort()), scores, -Double.infinity)
}

model.sample {
  let shares = Tensor([[0.30, 0.20, 0.15, 0.10, 0.08, 0.07, 0.04, 0.03, 0.02, 0.01]])
  let scores = log(shares)
  let ways = concatenate([
    scores, scores / 0.2, scores / 2, topK(scores, 3), nucleus(scores, 0.8),
    nucleus(scores / 2, 0.8),
  ])
  let expected = softmax(ways)

  // Pearson's statistic of 200,000 draws: about as large as the number of words less 1.
  let draws = 200_000
  let chosen = randomCategorical(logits: ways.expanded(at: 1).broadcast(to: [6, draws, 10]))
  let counts = chosen.oneHot(10).cast(to: .f32).sum(axis: 1)
  let errors = pow(counts - expected * Double(draws), 2) / (expected * Double(draws) + 1e-30)
  return [
    "expected": expected, "drawn": counts / Double(draws),
    "words": expected.countNonZero(axis: 1),
    "entropy": -(expected * log(maximum(expected, 1e-300))).sum(axis: 1),
    "chi_square": errors.sum(axis: 1),
  ]
}

// The corpus of Jurafsky and Martin, by numbers: 0 begins a sentence, 11 ends it; "I am Sam",
// "Sam I am", "I do not like green eggs and ham".
let corpus: [[Double]] = [
  [0, 1, 2, 3, 11], [0, 3, 1, 2, 11], [0, 1, 4, 5, 6, 7, 8, 9, 10, 11],
]

/// P(w1 ... wn) = P(w1) P(w2 | w1) ..., the last from a table [words, words] of pairs.
func probability(of sentence: [Double], _ table: Tensor) -> Tensor {
  zip(sentence, sentence.dropFirst()).map { table[Int($0), Int($1)] }.reduce(Tensor(1), *)
}

model.function("chain") {
  var counts = zeros([12, 12])
  for sentence in corpus {
    for (word, next) in zip(sentence, sentence.dropFirst()) { counts[Int(word), Int(next)] += 1 }
  }
  let table = counts / maximum(counts.sum(axis: 1, keep: true), 1)
  let sam = probability(of: corpus[0], table)
  return [
    "pairs": stack([table[0, 1], table[0, 3], table[1, 2], table[3, 11], table[2, 3], table[1, 4]]),
    "sam": sam, "perplexity": pow(sam, -1 / 4.0),
    // "I want English food", from the restaurants of Berkeley.
    "food": Tensor([0.25, 0.33, 0.0011, 0.5, 0.68]).product(),
  ]
}

let (words, length, hidden) = (4, 6, 8)

/// A language model with random weights: what comes next depends on all words before.
struct Speaker {
  let state = randomNormal([hidden, hidden]) * 0.5
  let word = randomNormal([words, hidden])
  let output = randomNormal([hidden, words])

  /// The state after a word, and the log-probabilities of the next one.
  func next(_ h: Tensor, _ x: Tensor) -> (state: Tensor, scores: Tensor) {
    let y = tanh(h.matmul(state) + word[x])
    return (y, logSoftmax(y.matmul(output)))
  }
}

/// The log-probability of the best sentence that a beam of some width finds. All begin with 0.
func beamSearch(_ speaker: Speaker, width: Int) -> Tensor {
  // At first there is one sentence; the others of the beam are impossible.
  let start = select(range(width) .== 0, zeros([width]), -Double.infinity)
  let first = [zeros([width, hidden]), zeros([width], .i32), start]
  let last = scan(first, steps: length) { step in
    let (state, scores) = speaker.next(step.carries[0], step.carries[1])
    let all = (scores + step.carries[2].expanded(at: 1)).flattened()
    let best = all.topK(width)
    let sentence = best.positions.divided(by: words, rounding: .down)
    return ([state[sentence], best.positions % words, best.values], [])
  }
  return last.carries[2][0]
}

/// The log-probabilities of all sentences.
func enumerated(_ speaker: Speaker) -> Tensor {
  var all: [Tensor] = []
  var rest = range(4096)
  for _ in 0..<length {
    all.append(rest % words)
    rest = rest.divided(by: words, rounding: .down)
  }
  var (h, x, total) = (zeros([4096, hidden]), zeros([4096], .i32), zeros([4096]))
  for word in all {
    let (state, scores) = speaker.next(h, x)
    total += scores.takeAlongAxis(word.expanded(at: 1)).squeezed(1)
    (h, x) = (state, word)
  }
  return total
}

model.function("beam") {
  let found = scan([], steps: 150) { _ in
    let speaker = Speaker()
    let all = enumerated(speaker)
    let widths = [1, 2, 4, 8, 1024].map { beamSearch(speaker, width: $0) }
    return ([], [stack(widths.map { all.max() - $0 }), exp(all).sum()])
  }
  return [
    "found": (found.outputs[0] .< 1e-9).cast(to: .f32).mean(axis: 0),
    "lost": found.outputs[0].mean(axis: 0), "sum": found.outputs[1].mean(),
  ]
}
