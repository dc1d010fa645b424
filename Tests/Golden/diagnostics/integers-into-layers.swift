// Pixels are integers until they are cast.

import GraphKit

let dense = Sequential {
  Flatten(); Dense(64, 10)
}
let conv = Sequential {
  Conv2D(1, 8, kernel: 3); Flatten(); Dense(288, 10)
}

let model = Model("digits", ["dense": dense, "conv": conv])

model.train(on: .digits, batch: 64, epochs: 1) { batch in
  let logits = dense(batch.image) + conv(batch.image)
  let loss = crossEntropy(logits, batch.label)
  Adam().minimize(loss, dense.parameters + conv.parameters)
  return ["loss": loss]
}
