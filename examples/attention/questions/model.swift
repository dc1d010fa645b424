// A GPT first reads telegrams, "anna rome carl oslo anna rome": where people are is new in each
// text, so that it must learn from the examples before (Brown et al., 2020). Then it is fine-tuned
// to answer questions, as in bAbI (Weston et al., 2015), and to write summaries by a template.

import GraphKit

let people = ["anna", "bela", "carl", "dina", "emil", "fay", "gus", "hal"]
let towns = [
  "bonn", "cairo", "delhi", "essen", "genoa", "lima", "nice", "oslo", "paris", "rome", "turin",
  "york",
]
let names = ["", "where is", "?", "so", "."] + people + towns
let (person, town) = (5, 13)  // the first numbers of each kind

struct GPT: Module {
  let word = Embedding(names.count, 64, initialiser: .normal(deviation: 0.3))
  let position = LearnedPositions(24, 64, initialiser: .normal(deviation: 0.3))
  let blocks = TransformerEncoder(
    (0..<2).map { _ in
      TransformerEncoderLayer(
        64, heads: 4, feedForward: 128, dropout: 0, activation: .gelu, batchFirst: true,
        normFirst: true)
    }, norm: LayerNorm(64))
  let output = Dense(64, names.count)

  /// The scores of the word after each of [n, steps].
  func callAsFunction(_ words: Tensor) -> Tensor {
    output(blocks(position(word(words)), mask: nil, isCausal: true))
  }
}

let net = GPT()
let model = Model("questions", net)

/// Texts [count, 2 * pairs], who is named in each pair, and where everybody is [count, 8].
func telegrams(_ count: Int, _ pairs: Int) -> (text: Tensor, who: Tensor, home: Tensor) {
  let home = randomIntegers([count, 8], 0..<12)
  let who = randomIntegers([count, pairs], 0..<8)
  let pair = stack([who + person, home.takeAlongAxis(who) + town], axis: 2)
  return (pair.flattened(from: 1), who, home)
}

/// A text, "where is anna ?" and the answer; and which words the net shall say.
func questions(_ count: Int) -> (text: Tensor, asked: Tensor) {
  let (text, who, home) = telegrams(count, 8)
  let one = who.takeAlongAxis(randomIntegers([count, 1], 0..<8))
  let (start, end) = (full([count, 1], 1, .i32), full([count, 1], 2, .i32))
  let all = [text, start, one + person, end, home.takeAlongAxis(one) + town]
  return (concatenate(all, axis: 1), range(20) .== 19)
}

/// A text, and all that it says once more in the order of the names: "so anna rome carl oslo ."
func summaries(_ count: Int) -> (text: Tensor, asked: Tensor) {
  let (text, who, home) = telegrams(count, 5)
  let isNamed = who.oneHot(8).any(axis: 1)
  let pairs = stack([(range(8) + person).broadcast(to: [count, 8]), home + town], axis: 2)
  let named = select(isNamed.expanded(at: 2), pairs, Tensor(0, .i32)).flattened(from: 1)
  let closed = named.takeAlongAxis((named .== 0).cast(to: .i32).argsort())[.all, ..<10]
  let end = select(closed .== 0, 4, closed).padded([(0, 0), (0, 1)], value: 4)
  return (concatenate([text, full([count, 1], 3, .i32), end], axis: 1), range(22) .> 10)
}

/// The loss of the words that the net shall say, and whether it would say them.
func score(_ text: Tensor, _ asked: Tensor) -> (loss: Tensor, isRight: Tensor) {
  let (scores, next) = (net(text[.all, ..<(-1)]), text[.all, 1...])
  let counts = asked.cast(to: .f32)[1...]
  let losses = crossEntropy(scores.transposed([0, 2, 1]), next, reduction: .none)
  let loss = (losses * counts).sum() / (counts.sum() * Double(text.shape[0]))
  return (loss, (scores.argmax() .== next) .|| (counts .== 0))
}

func phase(_ name: String, epochs: Int, _ texts: @escaping (Int) -> (text: Tensor, asked: Tensor)) {
  model.phase(name, epochs: epochs, steps: 100) {
    let (text, asked) = texts(32)
    let (loss, isRight) = score(text, asked)
    Adam(rate: .cosine(from: 2e-3, warmUp: 0.1), beta2: 0.98, clip: .norm(1))
      .minimize(loss, net.parameters)
    return ["loss": loss, name: isRight.all(axis: 1).cast(to: .f32).mean()]
  } evaluate: {
    let (text, asked) = texts(500)
    let (loss, isRight) = score(text, asked)
    return ["loss": loss, name: isRight.all(axis: 1).cast(to: .f32).mean()]
  }
}

phase("telegrams", epochs: 8) { (telegrams($0, 12).text, range(24) % 2 .== 1) }
phase("questions", epochs: 6, questions)
phase("summaries", epochs: 6, summaries)

// The share of towns that are right after 0 to 11 examples in the prompt, and the best that is
// possible: who was named before is known, for the others one of twelve towns is guessed.
model.sample {
  let text = telegrams(2000, 12).text
  let isRight = score(text, range(24) % 2 .== 1).isRight.cast(to: .f32).mean(axis: 0)
  let unseen = pow(Tensor(7.0 / 8), range(12).cast(to: .f32))
  return ["right": isRight[.slice(step: 2)], "best": 1 - unseen * 11 / 12]
}

model.function("answer") {
  let text = questions(3).text[.all, ..<(-1)]
  return [
    "text": .names(text, names, separator: " "),
    "answer": .names(net(text)[.all, -1].argmax(), names),
  ]
}
