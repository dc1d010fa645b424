// Temporal order (Hochreiter and Schmidhuber, 1997, experiment 6a): in 100 symbols, of which two,
// far apart, are X or Y, the order of these two is to be told: XX, XY, YX or YY.

import GraphKit

let (steps, hidden, batch) = (100, 8, 16)

struct Classifier: Module {
  let lstm = LSTM(8, hidden)
  let output = Dense(hidden, 4)
  /// How many sequences in a row were right, and how many there were when the last 2000 were.
  let streak = Parameter.cache([])
  let needed = Parameter.cache([])

  /// The input gates, the first quarter of the biases, begin closed, and the forget gates, the
  /// second, open (Gers et al., 2000).
  func callAsFunction(_ x: Tensor) -> Tensor {
    let open = Tensor([-2, 5, 0, 0]).repeatedEach(hidden)
    return lstm.with(["bias_hh_l0": lstm.parameters(named: "bias_hh_l0")[0].value + open]) {
      output(lstm(x, state: nil).state.hidden[0])
    }
  }
}

let net = Classifier()
let model = Model("temporal_order", net)

/// Symbols, [steps, n, 8], and classes, [n]. The paper has sequences of 100 to 110 symbols between
/// a first and a last one; X or Y come at 10 to 20 and at 50 to 60.
func sequences(_ n: Int) -> (Tensor, Tensor) {
  let (first, second) = (randomIntegers([n], 0..<2), randomIntegers([n], 0..<2))
  let noise = randomIntegers([steps, n], 2..<6)
  let time = range(steps).expanded(at: 1)
  let (early, late) = (randomIntegers([n], 10..<20), randomIntegers([n], 50..<60))
  let symbols = select(time .== early, first, select(time .== late, second, noise))
  return (symbols.oneHot(8).cast(to: .f32), first * 2 + second)
}

// The paper stops when the last 2000 sequences were right; this goes on, and notes when it was.
model.train(epochs: 10, steps: 200, evaluation: 160) {
  let (x, label) = sequences(batch)
  let logits = net(x)
  let loss = crossEntropy(logits, label)
  Adam(rate: 1e-2, clip: .norm(1)).minimize(loss, net.parameters)
  let share = accuracy(logits, label)
  net.streak.value = select(share .== 1, net.streak.value + Double(batch), 0)
  let isFirst = (net.needed.value .== 0) .&& (net.streak.value .>= 2000)
  let seen = (model.steps.cast(to: .f32) + 1) * Double(batch)
  net.needed.value = select(isFirst, seen, net.needed.value)
  return ["loss": loss, "accuracy": share, "sequences": net.needed.value]
}
