// A recurrent language model (Mikolov et al., 2010; Karpathy, 2015) of Genesis and Exodus, letter
// by letter or word by word. How bold it is when it writes is its temperature T: it draws from
// softmax(scores / T), whose entropy grows with T.

import GraphKit

let unit = option("unit", "characters", of: ["characters", "words"], help: "what it reads")
let isOfWords = unit == "words"

/// The numbers of characters, or of the most frequent words; the length of a piece.
let (count, length) = isOfWords ? (1500, 32) : (96, 64)
let (size, hidden) = (64, 160)

struct Writer: Module {
  let embedding = Embedding(count, size, initialiser: .normal(deviation: 0.3))
  let lstm = LSTM(size, hidden, batchFirst: true)
  let dropout = Dropout(isOfWords ? 0.4 : 0.1)
  let output = Dense(hidden, count)

  /// The scores of what follows each token, [batch, length, count].
  func callAsFunction(_ tokens: Tensor) -> Tensor {
    output(dropout(lstm(dropout(embedding(tokens)))))
  }
}

let net = Writer()
let model = Model("text", net)
let bible = DataSet.text(
  "../../data/kjv/text.txt", length: length + 1, isOfWords ? .words(count) : .characters)

/// The mean entropy of what is drawn from at a temperature, in nats.
func entropy(_ scores: Tensor, at temperature: Double) -> Tensor {
  Categorical(logits: scores / temperature).entropy.mean()
}

model.train(on: bible, batch: 32, epochs: 6, validation: 0.1) { batch in
  let (x, next) = (batch.tokens[.all, ..<length], batch.tokens[.all, 1...])
  let scores = net(x)
  let loss = crossEntropy(scores.flattened(to: 1), next.flattened())
  Adam(rate: .oneCycle(peak: 5e-3), clip: .norm(1)).minimize(loss, net.parameters)
  return [
    "loss": loss, "accuracy": accuracy(scores.flattened(to: 1), next.flattened()),
    "entropy_safe": entropy(scores, at: 0.2), "entropy": entropy(scores, at: 1),
    "entropy_bold": entropy(scores, at: 1.5),
  ]
}

model.infer(Input("tokens", [1, 128], .i32)) { tokens in ["scores": net(tokens)] }
