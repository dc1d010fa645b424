// More examples in a batch than there are.

import GraphKit

let net = Sequential {
  Flatten(); Dense(64, 10)
}

let model = Model("digits", net)

model.train(on: .digits, batch: 1600, epochs: 1, validation: 0.2) { batch in
  let loss = crossEntropy(net(batch.image.cast(to: .f32)), batch.label)
  Adam().minimize(loss, net.parameters)
  return ["loss": loss]
}
