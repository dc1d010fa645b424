// The number of examples is no part of a model.

import GraphKit

let net = Sequential {
  Flatten(); Dense(64, 10)
}

let model = Model("digits", net)
let data = DataSet("digits", count: 1797, fields: ["image": .u8[1, 8, 8], "label": .u8])

model.train(on: data, batch: 64, epochs: 1) { batch in
  let loss = crossEntropy(net(batch.image.cast(to: .f32)), batch.label)
  Adam().minimize(loss, net.parameters)
  return ["loss": loss]
}
