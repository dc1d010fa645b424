// Three tasks for an encoder and a decoder, with or without attention: to write a word backwards,
// to add two numbers, and to write dates in one form. --set task=addition, --set attends=false
// choose others.

import GraphKit

let task = option("task", "dates", of: ["reversal", "addition", "dates"])
let attends = option("attends", true, help: "whether the decoder looks at all that was read")

let net = Seq2Seq(symbols: characters.count, hidden: 64, attends: attends)
let model = Model("seq2seq", net)

func examples(_ n: Int) -> Examples {
  task == "reversal" ? words(n) : task == "addition" ? sums(n) : dates(n)
}

/// The loss of texts to train on, and the share of held-out texts that are right.
func results() -> (loss: Tensor, exact: Measure) {
  let (source, target, isHeld) = examples(128)
  let scores = net(source, target)
  let loss = crossEntropy(scores.swappedAxes(1, 2), target, reduction: .none).mean(axis: 1)
  let weight = isHeld.map { select($0, zeros(like: loss), 1) } ?? ones(like: loss)
  // If all symbols after true ones are right, so is the text that is written without help.
  let isRight = (scores.argmax() .== target).all(axis: 1).cast(to: .f32)
  let counts = isHeld.map { $0.cast(to: .f32) } ?? weight
  return ((loss * weight).sum() / weight.sum(), .ratio((isRight * counts).sum(), counts.sum()))
}

let epochs = task == "addition" ? 30 : task == "dates" ? 8 : 4
model.train(epochs: epochs, steps: 100, evaluation: 60) {
  let (loss, exact) = results()
  Adam(rate: .cosine(from: 4e-3), clip: .norm(1)).minimize(loss, net.parameters)
  return ["loss": loss, "exact": exact]
} evaluate: {
  let (loss, exact) = results()
  return ["loss": loss, "exact": exact]
}

// Texts, what is made of them, and where the decoder looked: a row for each symbol that is written,
// a column for each that is read.
model.sample {
  let (source, target, _) = examples(6)
  let (symbols, weights) = net.write(source, steps: target.shape[1])
  let alphabet = String(characters)
  return [
    "read": .text(source, of: alphabet), "written": .text(symbols, of: alphabet),
    "true": .text(target, of: alphabet),
    "attention": weights.repeatedEach(10, axis: 1).repeatedEach(10, axis: 2),
  ]
}
