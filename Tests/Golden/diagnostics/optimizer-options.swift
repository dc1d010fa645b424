// Numbers of optimizers that mean nothing, and nothing left to learn.

import GraphKit

let net = Dense(2, 1)
let frozen = Dense(2, 1)
frozen.freeze()

let model = Model("rates", ["net": net, "frozen": frozen])

model.train(epochs: 1, steps: 10) {
  let loss = (net(randomNormal([16, 2])) + frozen(randomNormal([16, 2]))).mean()
  SGD(rate: 0.1, nesterov: true).minimize(loss, frozen.parameters)
  Lion(accumulate: 0).minimize(loss, ReLU().parameters)
  Adam(rate: -1, beta1: 1, clip: .norm(0)).minimize(loss, net.parameters)
  return ["loss": loss]
}
