// Grokking (Power et al., 2022): a net learns a / b modulo 97 from half of all pairs by heart, and
// much later, as its weights decay, the rule that holds for the others.

import GraphKit

let prime = 97
let pairs = prime * (prime - 1)
let half = pairs / 2
let width = 256

struct Net: Module {
  let dividend = Embedding(prime, width, initialiser: .normal(deviation: 0.5))
  let divisor = Embedding(prime, width, initialiser: .normal(deviation: 0.5))
  let output = Dense(width, prime, bias: false)
  /// All pairs in random order; the first half is learned.
  let order = Parameter.statistic(
    [pairs], .i32, initialiser: Initialiser { _ in randomPermutation(pairs) })

  /// One hidden layer, of squares (Gromov, 2023).
  func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
    let h = dividend(a) + divisor(b)
    return output(h * h)
  }
}

let net = Net()
let model = Model("grokking", net)

/// The loss and the accuracy of some pairs: a number is that of a quotient and of a divisor.
func score(_ numbers: Tensor) -> (loss: Tensor, accuracy: Tensor) {
  let quotient = numbers.divided(by: prime - 1, rounding: .down)
  let divisor = numbers % (prime - 1) + 1
  let logits = net(quotient * divisor % prime, divisor)
  return (crossEntropy(logits, quotient), accuracy(logits, quotient))
}

model.train(epochs: 16, steps: 25) {
  let (loss, accuracy) = score(net.order.value[..<half])
  AdamW(rate: 5e-3, beta2: 0.98, weightDecay: 1).minimize(loss, net.parameters)
  return ["loss": loss, "accuracy": accuracy]
} evaluate: {
  let (loss, accuracy) = score(net.order.value[half...])
  return ["loss": loss, "accuracy": accuracy]
}
