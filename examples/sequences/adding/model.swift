// The adding problem (Hochreiter and Schmidhuber, 1997): a hundred random numbers pass, two of them
// are marked, and after the last one a net must say the sum of these two. The first may lie a
// hundred steps back: an LSTM keeps it, a plain recurrent net forgets it.

import GraphKit

let (steps, batch, hidden) = (100, 32, 8)

/// Reads [steps, batch, 2] and returns a number for each sequence, [batch].
struct Reader: Module {
  let recurrent: any Layer
  let output = Dense(hidden, 1)

  func callAsFunction(_ x: Tensor) -> Tensor { output(recurrent(x)[-1]).squeezed(1) }
}

let (lstm, rnn) = (Reader(recurrent: LSTM(2, hidden)), Reader(recurrent: RNN(2, hidden)))
let model = Model("adding", ["lstm": lstm, "rnn": rnn])

/// Numbers from -1 to 1 beside marks: one in the first half of the sequence, one in the second.
func sequences(_ count: Int) -> (x: Tensor, sum: Tensor) {
  let numbers = randomUniform([steps, count], -1...1)
  let half = steps / 2
  let first = randomIntegers([count], 0..<half).oneHot(steps)
  let second = randomIntegers([count], half..<steps).oneHot(steps)
  let marks = (first .|| second).cast(to: .f32).transposed()
  return (stack([numbers, marks], axis: -1), (numbers * marks).sum(axis: 0))
}

/// The squared error, and how many answers are less than 0.04 off.
func scores(_ net: Reader, _ x: Tensor, _ sum: Tensor) -> (error: Tensor, right: Tensor) {
  let y = net(x)
  return (mse(y, sum), (abs(y - sum) .< 0.04).cast(to: .f32).mean())
}

model.train(epochs: 20, steps: 400) {
  let (x, sum) = sequences(batch)
  let loss = mse(lstm(x), sum)
  let plain = mse(rnn(x), sum)
  let rate = Schedule.cosine(from: 1e-2)
  Adam(rate: rate, clip: .norm(1)).minimize(loss, lstm.parameters)
  Adam(rate: rate, clip: .norm(1)).minimize(plain, rnn.parameters)
  return ["loss": loss, "rnn": plain]
} evaluate: {
  let (x, sum) = sequences(2000)
  let (loss, right) = scores(lstm, x, sum)
  let (plain, plainRight) = scores(rnn, x, sum)
  return ["loss": loss, "rnn": plain, "right": right, "rnn_right": plainRight]
}
