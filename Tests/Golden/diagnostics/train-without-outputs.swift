// What is returned is what is reported: the loss first, then other single numbers.

import GraphKit

let net = Dense(2, 1)

let silent = Model("silent", net)
silent.train(epochs: 1, steps: 10) {
  let loss = net(randomNormal([16, 2])).mean()
  SGD(rate: 0.1).minimize(loss, net.parameters)
  return [:]
}
silent.infer(Input("x", [1, 2])) { _ in [:] }

let loud = Model("loud")
loud.train(epochs: 1, steps: 10) {
  let x = randomNormal([16, 2])
  return ["loss": x.mean(), "positive": x .> 0, "count": (x .> 0).cast(to: .i32).sum()]
}
