// A field that the data set does not have.

import GraphKit

let net = Sequential {
  Flatten(); Dense(64, 10)
}

let model = Model("digits", net)

model.train(on: .digits, batch: 64, epochs: 1) { batch in
  let loss = crossEntropy(net(batch.images.cast(to: .f32)), batch.target)
  Adam().minimize(loss, net.parameters)
  return ["loss": loss]
}
