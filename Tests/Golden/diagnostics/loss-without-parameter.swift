// One of two networks is trained without being used.

import GraphKit

let encoder = Dense(64, 8)
let decoder = Dense(8, 64)

let model = Model("coder", ["encoder": encoder, "decoder": decoder])

model.train(epochs: 1, steps: 10) {
  let x = randomNormal([16, 64])
  let loss = mse(encoder(x), randomNormal([16, 8]))
  Adam().minimize(loss, encoder.parameters + decoder.parameters)
  return ["loss": loss]
}
