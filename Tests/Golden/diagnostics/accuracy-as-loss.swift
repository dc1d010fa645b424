// The share of right answers changes in steps, so it has no slope to follow.

import GraphKit

let net = Sequential {
  Flatten(); Dense(64, 10)
}

let model = Model("digits", net)

model.train(on: .digits, batch: 64, epochs: 1) { batch in
  let loss = 1 - accuracy(net(batch.image.cast(to: .f32)), batch.label)
  Adam().minimize(loss, net.parameters)
  return ["loss": loss]
}
