// One optimizer that accumulates gradients, given parameters that overlap.

import GraphKit

let (a, b, c) = (Dense(2, 2), Dense(2, 2), Dense(2, 2))
let model = Model("sets", ["a": a, "b": b, "c": c])
let sgd = SGD(rate: 0.1, accumulate: 2)

model.train(epochs: 1, steps: 1) {
  let x = randomNormal([4, 2])
  let loss = mse(b(a(x)), x)
  sgd.minimize(loss, a.parameters + b.parameters)
  sgd.minimize(mse(c(b(x)), x), b.parameters + c.parameters)
  return ["loss": loss]
}
