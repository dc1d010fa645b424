// Labels with an axis too many, and metrics of them.

import GraphKit

let data = DataSet("points", fields: ["x": .f32[20], "label": .u8[1]])
let net = Dense(20, 3)

let model = Model("points", net)

model.train(on: data, batch: 50, epochs: 1) { batch in
  let logits = net(batch.x)
  let loss = crossEntropy(logits, batch.label)
  Adam().minimize(loss, net.parameters)
  return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
}
