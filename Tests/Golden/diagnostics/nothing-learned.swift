// A forgotten 'minimize': the model is made, with a warning.

import GraphKit

let net = Dense(4, 1)
let model = Model("nothing", net)

model.train(epochs: 3, steps: 10) {
  let x = randomNormal([8, 4])
  let loss = mse(net(x), x.sum(axes: [1], keep: true))
  return ["loss": loss]
}
