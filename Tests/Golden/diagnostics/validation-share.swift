// The part held out is a share, not a percentage.

import GraphKit

let net = Sequential {
  Flatten(); Dense(64, 10)
}

let model = Model("digits", net)

model.train(on: .digits, batch: 64, epochs: 0, validation: 20) { batch in
  let loss = crossEntropy(net(batch.image.cast(to: .f32)), batch.label)
  Adam().minimize(loss, net.parameters)
  return ["loss": loss]
}
