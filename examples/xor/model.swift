// Exclusive or: the smallest problem that needs a hidden layer.

import GraphKit

let net = Sequential {
  Dense(2, 8); Tanh()
  Dense(8, 1)
}

let model = Model("xor", net)

model.train(epochs: 10, steps: 100) {
  let x = Tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
  let y = Tensor([[0], [1], [1], [0]])
  let logits = net(x)
  let loss = binaryCrossEntropy(logits: logits, y)
  Adam(rate: 0.05).minimize(loss, net.parameters)
  return ["loss": loss, "accuracy": binaryAccuracy(logits: logits, y)]
}

model.infer(Input("x", [1, 2])) { x in
  ["probability": sigmoid(net(x))]
}
