// The multiplication problem (Hochreiter and Schmidhuber, 1997, experiment 5): numbers pass, two of
// them marked, and fifty steps after the second a net must say the product of these two. A memory
// that just adds up is of no help.

import GraphKit

let (steps, hidden) = (100, 8)

/// The cell of 1997, which cannot forget: a gate lets numbers in, a gate lets them out.
struct Cell: RecurrentCell {
  let change = Dense(2 + hidden, 3 * hidden)
  let stateSizes = [hidden, hidden]

  func next(_ x: Tensor, _ state: [Tensor]) -> [Tensor] {
    let parts = change(concatenate([x, state[0]], axis: 1)).chunked(3, axis: 1)
    // At first the gate is nearly closed, so that noise does not add up.
    let cell = state[1] + sigmoid(parts[0] - 3) * tanh(parts[1])
    return [sigmoid(parts[2]) * tanh(cell), cell]
  }
}

struct Reader: Module {
  let lstm = Recurrent([Cell()])
  let output = Dense(hidden, 1)

  func callAsFunction(_ x: Tensor) -> Tensor { output(lstm(x)[-1]).squeezed(1) }
}

let reader = Reader()
let model = Model("multiplication", reader)

/// Numbers from 0 to 1 beside marks, [steps, n, 2], and products, [n]. The first and the last
/// step have the mark -1.
func sequences(_ n: Int) -> (x: Tensor, product: Tensor) {
  let (numbers, time) = (randomUniform([steps, n]), range(steps).expanded(at: 1))
  let first = time .== randomIntegers([n], 1..<10)
  let second = time .== randomIntegers([n], 10..<50)
  let isEnd = (time .== 0) .|| (time .== steps - 1)
  let marks = select(isEnd, -1.0, (first .|| second).cast(to: .f32))
  let each = [first, second].map { select($0, numbers, 0.0).sum(axis: 0) }
  return (stack([numbers, marks], axis: -1), each[0] * each[1])
}

model.train(epochs: 20, steps: 400) {
  let (x, product) = sequences(32)
  let loss = mse(reader(x), product)
  Adam(rate: .cosine(from: 1e-2), clip: .norm(1)).minimize(loss, reader.parameters)
  return ["loss": loss]
} evaluate: {
  let (x, product) = sequences(2000)
  let error = abs(reader(x) - product)
  return ["loss": (error * error).mean(), "wrong": (error .> 0.04).cast(to: .f32).mean()]
}
