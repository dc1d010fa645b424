// Two functions under one name, one under a name that is taken, two ways to learn.

import GraphKit

let net = Dense(4, 1)
let model = Model("twins", net)

model.infer(Input("x", [4])) { x in ["y": x * 2] }
model.infer(Input("x", [8])) { x in ["y": x * 2] }
model.function("init") { ["y": Tensor(1)] }
model.function("pair", Input("x", [4]), Input("x", [4])) { a, b in ["y": a + b] }

func step() -> Outputs {
  let loss = net(randomNormal([16, 4])).mean()
  SGD(rate: 0.1).minimize(loss, net.parameters)
  return ["loss": loss]
}

model.train(epochs: 1, steps: 10) { step() }
model.train(epochs: 5, steps: 10) { step() }
