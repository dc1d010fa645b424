// Recurrent nets that translate, with or without attention.

import GraphKit
import Zoo

/// Reads sentences, and says what follows each word of their translations.
protocol Translator: Module {
  func encoded(_ source: Tensor, padding: Tensor?) -> Tensor
  func decoded(_ target: Tensor, _ memory: Tensor, padding: Tensor?) -> Tensor
}

extension Transformer: Translator {}

/// A recurrent net reads in both directions, another one writes (Sutskever, Vinyals and Le, 2014).
/// With attention it looks back, after each word, at all that was read (Luong, Pham and Manning,
/// 2015); without, it has only what was left at the end.
struct Recurrent: Translator {
  let source = Embedding(english.count, 64)
  let target = Embedding(french.count, 64)
  let encoder = GRU(64, 64, batchFirst: true, bidirectional: true)
  let decoder = GRU(64, 128, batchFirst: true)
  let hidden = Dense(256, 128)
  let output = Dense(128, french.count)
  let attends: Bool

  init(attends: Bool) { self.attends = attends }

  /// The last states of both directions, then those at each word, [n, 1 + steps, 128].
  func encoded(_ words: Tensor, padding: Tensor?) -> Tensor {
    let lengths = (words .!= 0).cast(to: .i32).sum(axis: 1)
    let (states, last) = encoder(source(words), lengths: lengths)
    let end = concatenate([last[0], last[1]], axis: 1)
    return concatenate([end.expanded(at: 1), states], axis: 1)
  }

  /// Scores of what follows each word, [n, steps, words].
  func decoded(_ words: Tensor, _ memory: Tensor, padding: Tensor?) -> Tensor {
    let end = memory[.all, ..<1]
    let states = decoder(target(words), state: end.swappedAxes(0, 1)).output
    let context =
      attends
      ? scaledDotProductAttention(states, memory, memory) : end.broadcast(to: states.shape)
    return output(tanh(hidden(concatenate([states, context], axis: 2))))
  }
}
