// A mistake in the step is the only one: that there is no evaluation follows from it.
import GraphKit

let net = Dense(63, 10)
let model = Model("digits", net)

model.train(
  on: .digits, batch: 64, epochs: 1, validation: 0.2, best: .max("accuracy"), stop: .patience(3)
) { batch in
  let logits = net(batch.image.cast(to: .f32).flattened(from: 1))
  let loss = crossEntropy(logits, batch.label)
  SGD(rate: .reduceOnPlateau(from: 0.1)).minimize(loss, net.parameters)
  return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
}
