// Translation from English to French by a small transformer (Vaswani et al., 2017) or by recurrent
// nets, judged by BLEU (Papineni et al., 2002). Sentences are drawn from a grammar in the graph.

import GraphKit
import Zoo

let subjects = [nounPhrases(isPlural: false), nounPhrases(isPlural: true)]
let predicates = [verbPhrases(isPlural: false), verbPhrases(isPlural: true)]

/// All words in order; 0 is no word, 1 begins and ends a sentence.
func words(_ language: (Pair) -> [String]) -> [String] {
  ["", "."] + Set((subjects + predicates).joined().flatMap(language)).sorted()
}
let english = words { $0.english }
let french = words { $0.french }

let kind = option("net", "transformer", of: ["transformer", "attention", "recurrent"])
let net: any Translator =
  kind == "transformer"
  ? Transformer(
    .init(width: 64, hidden: 128, depth: 1, heads: 4), source: english.count,
    target: french.count, dropout: 0) : Recurrent(attends: kind == "attention")
let model = Model("translation", net)

// MARK: Sentences

/// Phrases as numbers of words, [phrases, most], filled up with 0.
func table(_ phrases: [[String]], _ words: [String], _ most: Int) -> Tensor {
  Tensor(
    phrases.map { phrase in
      let numbers = phrase.map { Double(words.firstIndex(of: $0) ?? 0) }
      return numbers + Array(repeating: 0, count: most - phrase.count)
    }, .i32)
}

/// Sentences of a subject, a verb and an object: one of 3.9 million. [n, 10] and [n, 10].
func sentences(_ n: Int) -> (source: Tensor, target: Tensor) {
  let (count, verbs) = (subjects[0].count, predicates[0].count)
  let number = randomIntegers([n], 0..<2)
  let subject = number * count + randomIntegers([n], 0..<count)
  let verb = number * verbs + randomIntegers([n], 0..<verbs)
  let object = randomIntegers([n], 0..<(2 * count))
  func text(_ words: [String], _ language: (Pair) -> [String]) -> Tensor {
    let things = table(subjects.joined().map(language), words, 3)
    let actions = table(predicates.joined().map(language), words, 3)
    let parts = [things.gather(subject), actions.gather(verb), things.gather(object)]
    let all = concatenate(parts + [ones([n, 1], .i32)], axis: 1)
    // The words before the gaps, in their order.
    return all.takeAlongAxis((all .== 0).cast(to: .i32).argsort())
  }
  return (text(english) { $0.english }, text(french) { $0.french })
}

/// Writes the likeliest word after those that are there, ten times.
func translated(_ source: Tensor) -> Tensor {
  let padding = source .== 0
  let memory = net.encoded(source, padding: padding)
  let start = ones([source.shape[0], 11], .i32) * (range(11) .== 0).cast(to: .i32)
  let all = scan([start], steps: 10) { step in
    let text = step.carries[0]
    let next = net.decoded(text, memory, padding: padding).argmax()  // after each place
    let isNext = range(11) .== step.index + 1
    return ([select(isNext, next.rolled(by: 1), text)], [])
  }.carries[0][.all, 1...]
  // Nothing counts behind the first end.
  let isOver = ((all .== 1).cast(to: .i32).cumulativeSum() - (all .== 1).cast(to: .i32)) .> 0
  return select(isOver, 0, all)
}

// MARK: Training

/// The mean of -log p of the words of a translation, each after the true ones before it.
func loss(_ source: Tensor, _ target: Tensor) -> Tensor {
  let before = target.padded([(0, 0), (1, -1)], value: 1)
  let padding = source .== 0
  let scores = net.decoded(before, net.encoded(source, padding: padding), padding: padding)
  return crossEntropy(scores.swappedAxes(1, 2), target, ignoring: 0)
}

model.train(epochs: 4, steps: 100, evaluation: 8, best: .max("bleu")) {
  let (source, target) = sentences(64)
  let loss = loss(source, target)
  Adam(rate: .cosine(from: 3e-3, warmUp: 0.1), clip: .norm(1)).minimize(loss, net.parameters)
  return ["loss": loss]
} evaluate: {
  let (source, target) = sentences(64)
  let text = translated(source)
  return [
    "loss": loss(source, target), "bleu": .bleu(text, [target], padding: 0),
    "exact": (text .== target).all(axis: 1).cast(to: .f32).mean(),
  ]
}

model.sample {
  let (source, target) = sentences(64)
  let text = translated(source)
  return [
    "english": .names(source[..<5], english, separator: " "),
    "french": .names(text[..<5], french, separator: " "),
    "bleu": .bleu(text, [target], padding: 0), "text": text, "true": target,
  ]
}
