// XOR in time (Elman, 1990): in a stream of bits every third one is the XOR of the two before it. A
// recurrent net that predicts the next bit can know only this third, and finds out which it is.

import GraphKit

struct Net: Module {
  let rnn = RNN(1, 8)
  let output = Dense(8, 1)

  /// Scores of the next bit for [steps, n, 1].
  func callAsFunction(_ x: Tensor) -> Tensor { output(rnn(x)) }
}

let net = Net()
let model = Model("elman", net)

/// 20 groups of three bits, [60, n, 1].
func stream(_ n: Int) -> Tensor {
  let (a, b) = (randomIntegers([20, 1, n, 1], 0..<2), randomIntegers([20, 1, n, 1], 0..<2))
  return concatenate([a, b, a ^ b], axis: 1).reshaped([60, n, 1]).cast(to: .f32)
}

model.train(epochs: 20, steps: 100) {
  let x = stream(64)
  let scores = net(x[..<59])
  let loss = binaryCrossEntropy(logits: scores, x[1...])
  Adam(rate: .cosine(from: 0.02)).minimize(loss, net.parameters)
  let error = pow(sigmoid(scores) - x[1...], 2).mean(axes: [1, 2])
  // The predictions of the second, the third and the first bit of groups, after the first three.
  let third = error[4...][.slice(step: 3)].mean()
  let second = error[3...][.slice(step: 3)].mean()
  let first = error[5...][.slice(step: 3)].mean()
  return ["loss": loss, "first": first, "second": second, "third": third]
}
