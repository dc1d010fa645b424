// Held-out examples are reported beside the others, so they need the same names.

import GraphKit

let net = Sequential {
  Flatten(); Dense(64, 10)
}

let model = Model("digits", net)

model.train(on: .digits, batch: 64, epochs: 1, validation: 0.2) { batch in
  let loss = crossEntropy(net(batch.image.cast(to: .f32)), batch.label)
  Adam().minimize(loss, net.parameters)
  return ["loss": loss]
} evaluate: { batch in
  let logits = net(batch.image.cast(to: .f32))
  return ["accuracy": accuracy(logits, batch.label), "loss": crossEntropy(logits, batch.label)]
}
