// An LSTM of two layers learns to turn one sequence of 128 steps into another.

import GraphKit

let (size, steps, batch) = (512, 128, 32)

let net = LSTM(size, size, layers: 2, batchFirst: true)

let sequences = DataSet(
  "sequences", fields: ["x": .f32[steps, size], "target": .f32[steps, size]])

let model = Model("lstm", net)

model.train(on: sequences, batch: batch, epochs: 1) { batch in
  let loss = mse(net(batch.x), batch.target)
  Adam(rate: 1e-3).minimize(loss, net.parameters)
  return ["loss": loss]
}
