// An encoder reads a text in both directions, a decoder writes another one, symbol by symbol.

import GraphKit

/// Without attention the decoder sees only the last states of the encoder (Cho et al., 2014); with
/// it, at each step, a weighted mean of all of them (Bahdanau, Cho and Bengio, 2015).
struct Seq2Seq: Module {
  let embedding: Embedding
  let encoder: GRU
  let start: Dense
  let attention: AdditiveAttention?
  let decoder: GRUCell
  let output: Dense

  init(symbols: Int, hidden: Int, attends: Bool) {
    embedding = Embedding(symbols, 32)
    encoder = GRU(32, hidden, batchFirst: true, bidirectional: true)
    start = Dense(2 * hidden, hidden)
    attention = attends ? AdditiveAttention(hidden, 2 * hidden, hidden: hidden) : nil
    decoder = GRUCell(32 + 2 * hidden, hidden)
    output = Dense(3 * hidden, symbols)
  }

  /// What the encoder has read.
  struct Memory {
    let states: Tensor  // [n, steps, 2 * hidden]
    let keys: Tensor?
    let last: Tensor  // [n, 2 * hidden]
  }

  func read(_ source: Tensor) -> Memory {
    let (states, last) = encoder(embedding(source), state: nil)
    return Memory(
      states: states, keys: attention?.prepared(states),
      last: concatenate([last[0], last[1]], axis: 1))
  }

  /// One step after a symbol: the state, what the next symbol is told from, and where it looked.
  func step(
    _ symbol: Tensor, _ state: Tensor, _ memory: Memory
  ) -> (state: Tensor, features: Tensor, weights: Tensor) {
    var context = memory.last
    var weights = zeros([memory.states.shape[0], memory.states.shape[1]])
    if let attention, let keys = memory.keys {
      (context, weights) = attention(state, keys: keys, values: memory.states)
    }
    let next = decoder(concatenate([embedding(symbol), context], axis: 1), state: state)
    return (next, concatenate([next, context], axis: 1), weights)
  }

  /// Scores of the symbols of a target [n, steps], each after the true ones before it. The first
  /// one follows the blank, 0.
  func callAsFunction(_ source: Tensor, _ target: Tensor) -> Tensor {
    let memory = read(source)
    let before = target.padded([(0, 0), (1, -1)]).transposed()
    let features = scan([tanh(start(memory.last))], over: [before]) { step in
      let (state, features, _) = self.step(step.slices[0], step.carries[0], memory)
      return ([state], [features])
    }.outputs[0]
    return output(features).swappedAxes(0, 1)
  }

  /// Writes the likeliest symbol at each step, and says where it looked: [n, steps, source].
  func write(_ source: Tensor, steps: Int) -> (symbols: Tensor, weights: Tensor) {
    let memory = read(source)
    let blank = zeros([source.shape[0]], .i32)
    let outputs = scan([tanh(start(memory.last)), blank], steps: steps) { step in
      let (state, features, weights) = self.step(step.carries[1], step.carries[0], memory)
      let symbol = output(features).argmax()
      return ([state, symbol], [symbol, weights])
    }.outputs
    return (outputs[0].transposed(), outputs[1].swappedAxes(0, 1))
  }
}
