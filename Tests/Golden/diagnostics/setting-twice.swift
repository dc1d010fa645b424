// One flag, declared in two places, and one that the programs have already.

import GraphKit

let net = Dense(2, 1)
let model = Model("flags", net)
let rate = model.setting("rate", 0.1, help: "learning rate")
let slow = model.setting("rate", 0.01)
let seed = model.setting("seed", 3)

model.train(epochs: 1, steps: 10) {
  let loss = net(randomNormal([16, 2])).mean()
  SGD(rate: rate).minimize(loss, net.parameters)
  return ["loss": loss]
}
