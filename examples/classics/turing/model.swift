// A neural Turing machine (Graves, Wayne and Danihelka, 2014) has a memory beside its weights, and
// two heads that move on it, softly enough for a gradient. It copies sequences up to ten symbols
// and is then asked for twenty; an LSTM of about as many weights is asked the same.

import GraphKit

let (rows, width, bits, hidden) = (32, 10, 4, 48)

/// Says to which rows of the memory a head attends.
struct Head: Module {
  let output = Dense(hidden, width + 6)

  func next(_ h: Tensor, _ memory: Tensor, _ before: Tensor) -> Tensor {
    let parts = output(h).split([width, 1, 1, 3, 1], axis: 1)
    // By what is there, or from where it was;
    let likeness = cosineSimilarity(memory, parts[0].expanded(at: 1))
    let share = sigmoid(parts[2])
    let found = share * softmax(softplus(parts[1]) * likeness) + (1 - share) * before
    // then one row back, none or one ahead; then sharper.
    let moves = softmax(parts[3])
    let moved = (0..<3).map { moves[.all, $0...$0] * found.rolled(by: $0 - 1) }
    let sharp = pow(moved[0] + moved[1] + moved[2] + 1e-6, 1 + softplus(parts[4]))
    return sharp / sharp.sum(axis: 1, keep: true)
  }
}

struct Machine: Module {
  let controller = LSTMCell(bits + 2 + width, hidden)
  let reader = Head()
  let writer = Head()
  let change = Dense(hidden, 2 * width)
  let output = Dense(hidden + width, bits)

  /// Logits at each step, for inputs [steps, n, bits + 2].
  func callAsFunction(_ x: Tensor) -> Tensor {
    let n = x.shape[1]
    let first = (range(rows) .== 0).cast(to: .f32).broadcast(to: [n, rows])
    let start = [
      full([n, rows, width], 0.01), first, first, zeros([n, width]), zeros([n, hidden]),
      zeros([n, hidden]),
    ]
    return scan(start, over: [x]) { step in
      var (memory, read, written, seen) = (
        step.carries[0], step.carries[1], step.carries[2], step.carries[3]
      )
      let state = controller(
        concatenate([step.slices[0], seen], axis: 1), state: (step.carries[4], step.carries[5]))
      written = writer.next(state.hidden, memory, written)
      let parts = change(state.hidden).expanded(at: 1).chunked(2, axis: 2)
      let there = written.expanded(at: 2)
      memory = memory * (1 - there * sigmoid(parts[0])) + there * tanh(parts[1])
      read = reader.next(state.hidden, memory, read)
      seen = (memory * read.expanded(at: 2)).sum(axis: 1)
      let logits = output(concatenate([state.hidden, seen], axis: 1))
      return ([memory, read, written, seen, state.hidden, state.cell], [logits, read, written])
    }.outputs[0]
  }
}

struct Plain: Module {
  let lstm = LSTM(bits + 2, 64)
  let output = Dense(64, bits)

  func callAsFunction(_ x: Tensor) -> Tensor { output(lstm(x)) }
}

let (machine, plain) = (Machine(), Plain())
let model = Model("turing", ["machine": machine, "plain": plain])

/// Symbols, a sign that they end, then nothing; what is to come out, and when. Lengths are given,
/// [n].
func tasks(_ length: Tensor, longest: Int) -> (x: Tensor, y: Tensor, isAsked: Tensor) {
  let (steps, n) = (2 * longest + 1, length.shape[0])
  let symbols = randomBool([longest, n, bits], probability: 0.5).cast(to: .f32)
  let time = range(steps).expanded(at: 1)
  let given = symbols.padded([(0, longest + 1), (0, 0), (0, 0)])
  let isGiven = (time .< length).cast(to: .f32).expanded(at: 2)
  let isEnd = (time .== length).cast(to: .f32).expanded(at: 2)
  let place = (time - length - 1).expanded(at: 2).broadcast(to: [steps, n, bits])
  let isAsked = (time .> length) .&& (time .<= 2 * length)
  return (
    concatenate([given * isGiven, isGiven, isEnd], axis: 2),
    symbols.takeAlongAxis(place, axis: 0), isAsked.cast(to: .f32).expanded(at: 2)
  )
}

/// The mean cross entropy of a bit that is asked for.
func loss(_ logits: Tensor, _ y: Tensor, _ isAsked: Tensor) -> Tensor {
  let each = binaryCrossEntropy(logits: logits, y, reduction: .none)
  return (each * isAsked).sum() / (isAsked.sum() * Double(bits))
}

model.train(epochs: 20, steps: 250, best: .min("machine_20")) {
  let (x, y, isAsked) = tasks(randomIntegers([32], 1..<11), longest: 10)
  let own = loss(machine(x), y, isAsked)
  Adam(rate: .linear(from: 3e-3), clip: .norm(1)).minimize(own, machine.parameters)
  let other = loss(plain(x), y, isAsked)
  Adam(rate: .linear(from: 3e-3), clip: .norm(1)).minimize(other, plain.parameters)
  return ["loss": own, "plain": other]
} evaluate: {
  var results: Outputs = [:]
  for length in [10, 20] {
    let (x, y, isAsked) = tasks(full([200], Double(length), .i32), longest: length)
    for (name, logits) in ["machine": machine(x), "plain": plain(x)] as KeyValuePairs {
      let isWrong = ((logits .> 0) .!= (y .> 0.5)).cast(to: .f32) * isAsked
      results.append("\(name)_\(length)", isWrong.sum() / (isAsked.sum() * Double(bits)))
    }
  }
  return results
}
