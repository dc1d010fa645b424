// The embedded Reber grammar (Cleeremans et al., 1989; Hochreiter and Schmidhuber, 1997): strings
// such as BT BTSXSE TE, whose last letter but one is the second one again. A net reads a string
// and says after each letter which may follow. Only for that letter must it remember the beginning.

import GraphKit

let alphabet = "BTPSXVE"
let (steps, batch, hidden) = (40, 1, 8)

/// Each state has two edges: the letter of each, and the state that it leads to. States 1 and 9
/// take the same edge; the others take either, by chance.
let grammar: [(letters: String, next: [Int])] = [
  ("BB", [1, 1]),
  ("TP", [2, 2]),
  ("BB", [3, 3]), ("TP", [4, 5]), ("SX", [4, 6]), ("TV", [5, 7]), ("XS", [5, 8]), ("PV", [6, 8]),
  ("EE", [9, 9]),
  ("TP", [10, 10]),
  ("EE", [11, 11]),
  ("EE", [11, 11]),  // the string is over
]

func number(_ letter: Character) -> Double {
  Double(Array(alphabet).firstIndex(of: letter) ?? 0)
}
let edges = Constant { Tensor(grammar.map { $0.letters.map(number) }, .i32) }
let following = Constant { Tensor(grammar.map { $0.next.map(Double.init) }, .i32) }

/// Random strings: their letters, `[steps + 1, count]`, and which letters may follow each of the
/// first ones, `[steps, count, 7]`. Where a string is over, none may.
func strings(_ count: Int) -> (letters: Tensor, legal: Tensor) {
  let kind = randomIntegers([count], 0..<2)
  let results = scan([zeros([count], .i32)], steps: steps + 1) { step in
    let state = step.carries[0]
    let isKind = (state .== 1) .|| (state .== 9)
    let edge = select(isKind, kind, randomIntegers([count], 0..<2))
    let both = edges.value.gather(state).oneHot(7).any(axis: 1)
    let letter = edges.value.gather(points: stack([state, edge], axis: 1))
    // At the state 9 only the letter of the beginning may stand.
    let legal = select((state .== 9).expanded(at: 1), letter.oneHot(7), both)
    let isOver = (state .== 11).expanded(at: 1)
    let next = following.value.gather(points: stack([state, edge], axis: 1))
    return ([next], [letter, legal .&& .!isOver])
  }.outputs
  return (results[0], results[1][1...])
}

struct Predictor: Module {
  let recurrent: any Layer
  let output = Dense(hidden, 7)

  func callAsFunction(_ letters: Tensor) -> Tensor {
    output(recurrent(letters[..<steps].oneHot(7).cast(to: .f32)))
  }
}

let (lstm, rnn) = (Predictor(recurrent: LSTM(7, hidden)), Predictor(recurrent: RNN(7, hidden)))
let model = Model("reber", ["lstm": lstm, "rnn": rnn])

/// Cross entropy with the letter that does follow.
func loss(_ net: Predictor, _ letters: Tensor, _ legal: Tensor) -> Tensor {
  let isThere = legal.any(axis: -1).cast(to: .f32)
  let chosen = letters[1...].oneHot(7).cast(to: .f32)
  let each = -(logSoftmax(net(letters)) * chosen).sum(axis: -1) * isThere
  return each.sum() / isThere.sum()
}

/// The share of strings in which, after each letter, all that may follow are likelier than all that
/// may not.
func right(_ net: Predictor, _ letters: Tensor, _ legal: Tensor) -> Tensor {
  let scores = net(letters)
  let least = select(legal, scores, 1e9).min(axis: -1)
  let most = select(legal, -1e9, scores).max(axis: -1)
  let isOver = .!legal.any(axis: -1)
  return ((least .> most) .|| isOver).all(axis: 0).cast(to: .f32).mean()
}

model.train(epochs: 60, steps: 1000, best: .max("right")) {
  let (letters, legal) = strings(batch)
  let (error, plain) = (loss(lstm, letters, legal), loss(rnn, letters, legal))
  let rate = Schedule.cosine(from: 1e-2)
  Adam(rate: rate, clip: .norm(1)).minimize(error, lstm.parameters)
  Adam(rate: rate, clip: .norm(1)).minimize(plain, rnn.parameters)
  return ["loss": error, "rnn_loss": plain]
} evaluate: {
  let (letters, legal) = strings(512)
  return [
    "loss": loss(lstm, letters, legal), "rnn_loss": loss(rnn, letters, legal),
    "right": right(lstm, letters, legal), "rnn_right": right(rnn, letters, legal),
  ]
}

model.sample {
  let (letters, legal) = strings(8)
  let isThere = concatenate([ones([1, 8], .bool), legal.any(axis: -1)[..<(steps - 1)]])
  let shown = select(isThere, letters[..<steps], Tensor(7, .i32))
  return ["text": .text(shown.transposed(), of: alphabet + " ")]
}
