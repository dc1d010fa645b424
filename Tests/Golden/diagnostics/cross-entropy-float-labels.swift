// Labels that were cast although they should not be.

import GraphKit

let net = Sequential {
  Flatten(); Dense(64, 10)
}

let model = Model("digits", net)

model.train(on: .digits, batch: 64, epochs: 1) { batch in
  let logits = net(batch.image.cast(to: .f32) / 16)
  let loss = crossEntropy(logits, batch.label.cast(to: .f32))
  Adam().minimize(loss, net.parameters)
  return ["loss": loss]
}
