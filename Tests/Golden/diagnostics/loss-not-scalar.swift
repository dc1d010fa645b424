// A loss for each example and no mean of them, and a count, which has no slope.

import GraphKit

let net = Sequential {
  Flatten(); Dense(64, 10)
}

let model = Model("digits", net)

model.train(on: .digits, batch: 64, epochs: 1) { batch in
  let logits = net(batch.image.cast(to: .f32) / 16)
  let loss = crossEntropy(logits, batch.label, reduction: .none)
  Adam().minimize(loss, net.parameters)
  let large = (logits .> 0).cast(to: .i32).sum()
  Adam().minimize(large, net.parameters)
  return ["loss": loss]
}
