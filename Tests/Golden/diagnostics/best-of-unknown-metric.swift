// The best weights are chosen by a result of the evaluation.

import GraphKit

let net = Sequential {
  Flatten(); Dense(64, 10)
}

let model = Model("digits", net)

model.train(on: .digits, batch: 64, epochs: 1, validation: 0.2, best: .max("f1")) { batch in
  let logits = net(batch.image.cast(to: .f32))
  let loss = crossEntropy(logits, batch.label)
  Adam().minimize(loss, net.parameters)
  return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
}
