// Eight recurrent layers on one task, two of them with cells written here: the GRU of textbooks,
// and an LSTM with peepholes (Gers and Schmidhuber, 2000). The task is temporal order (Hochreiter
// and Schmidhuber, 1997): among fifty symbols two are X or Y, and a net must say at the end
// which of XX, XY, YX and YY it was.

import GraphKit

let (steps, batch, hidden, symbols) = (50, 32, 16, 6)

/// The GRU of textbooks: the reset gate acts on the state before the product,
///
///     u = sigmoid(W_u [h, x]),  r = sigmoid(W_r [h, x]),  c = tanh(W_c [r h, x]),
///     h' = u c + (1 - u) h.
///
/// PyTorch's resets the product, tanh(W x + r (U h)), and its update gate is 1 - u.
struct TextbookGRUCell: RecurrentCell {
  let stateSizes = [hidden]
  let gates = Dense(hidden + symbols, 2 * hidden)
  let candidate = Dense(hidden + symbols, hidden)

  func next(_ x: Tensor, _ state: [Tensor]) -> [Tensor] {
    let h = state[0]
    let parts = sigmoid(gates(concatenate([h, x], axis: -1))).chunked(2, axis: -1)
    let (u, r) = (parts[0], parts[1])
    let c = tanh(candidate(concatenate([r * h, x], axis: -1)))
    return [u * c + (1 - u) * h]
  }
}

/// An LSTM. With peepholes, its gates look at the cell: input and forget gate at the old one, the
/// output gate at the new one. The forget gate begins almost open, at sigmoid(3) = 0.95.
struct OpenLSTMCell: RecurrentCell {
  let stateSizes = [hidden, hidden]
  let gates: Dense
  let peepholes: Parameter?

  init(_ inputs: Int = symbols, hasPeepholes: Bool = false) {
    gates = Dense(hidden + inputs, 4 * hidden)
    peepholes = hasPeepholes ? Parameter([3, hidden]) : nil
  }

  func next(_ x: Tensor, _ state: [Tensor]) -> [Tensor] {
    let (h, c) = (state[0], state[1])
    let parts = gates(concatenate([h, x], axis: -1)).chunked(4, axis: -1)
    func gate(_ x: Tensor, _ i: Int, sees cell: Tensor) -> Tensor {
      sigmoid(peepholes.map { x + $0.value[i] * cell } ?? x)
    }
    let input = gate(parts[0], 0, sees: c)
    let forget = gate(parts[1] + 3, 1, sees: c)
    let cell = forget * c + input * tanh(parts[2])
    return [gate(parts[3], 2, sees: cell) * tanh(cell), cell]
  }
}

/// A recurrent layer, and a class from what it knows when it has read all.
struct Reader: Module {
  let layer: any Layer
  let isBidirectional: Bool
  let output: Dense

  init(_ layer: any Layer, isBidirectional: Bool = false) {
    (self.layer, self.isBidirectional) = (layer, isBidirectional)
    output = Dense(isBidirectional ? 2 * hidden : hidden, 4)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let y = layer(x)
    guard isBidirectional else { return output(y[-1]) }
    // The backward direction has read all when it is at the first symbol.
    return output(concatenate([y[-1, .all, ..<hidden], y[0, .all, hidden...]], axis: 1))
  }
}

let readers: [(name: String, net: Reader)] = [
  ("rnn", Reader(RNN(symbols, hidden))),
  ("lstm", Reader(LSTM(symbols, hidden))),
  ("open_lstm", Reader(Recurrent([OpenLSTMCell()]))),
  ("peephole", Reader(Recurrent([OpenLSTMCell(hasPeepholes: true)]))),
  (
    "bidirectional",
    Reader(Recurrent([OpenLSTMCell()], backward: [OpenLSTMCell()]), isBidirectional: true)
  ),
  ("deep", Reader(Recurrent([OpenLSTMCell(), OpenLSTMCell(hidden)]))),
  ("gru", Reader(GRU(symbols, hidden))),
  ("textbook_gru", Reader(Recurrent([TextbookGRUCell()]))),
]

let model = Model("cells", readers.map(\.net))

/// Four symbols that mean nothing, and X or Y at two places, one from 5 to 9, one from 25 to 29.
func sequences() -> (x: Tensor, label: Tensor) {
  let (first, second) = (randomIntegers([batch], 0..<2), randomIntegers([batch], 0..<2))
  let time = range(steps).expanded(at: 1)
  let noise = randomIntegers([steps, batch], 2..<symbols)
  let marked = select(time .== randomIntegers([batch], 5..<10), first, noise)
  let all = select(time .== randomIntegers([batch], 25..<30), second, marked)
  return (all.oneHot(symbols).cast(to: .f32), 2 * first + second)
}

model.train(epochs: 40, steps: 50) {
  let (x, label) = sequences()
  var scores: [(name: String, loss: Tensor, accuracy: Tensor)] = []
  for (name, net) in readers {
    let logits = net(x)
    let loss = crossEntropy(logits, label)
    Adam(rate: 5e-3, clip: .norm(1)).minimize(loss, net.parameters)
    scores.append((name, loss, accuracy(logits, label)))
  }
  var outputs: Outputs = ["loss": stack(scores.map(\.loss)).mean()]
  for score in scores { outputs.append(score.name, score.accuracy) }
  return outputs
}
