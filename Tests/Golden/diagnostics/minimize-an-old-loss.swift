// The second loss was computed before the first step changed what it depends on.

import GraphKit

let net = Dense(2, 1)

let model = Model("twice", net)

model.train(epochs: 1, steps: 10) {
  let y = net(randomNormal([16, 2]))
  let (near, small) = (mse(y, ones([16, 1])), (y * y).mean())
  SGD(rate: 0.1).minimize(near, net.parameters)
  SGD(rate: 0.1).minimize(small, net.parameters)
  return ["loss": near]
}
