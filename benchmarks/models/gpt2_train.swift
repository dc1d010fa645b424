// GPT-2 with 124M parameters (Radford et al., 2019) learns from texts of 64 tokens. Parameters have
// the names and layouts of the published weights.

import GraphKit
import Zoo

let (batch, steps) = (4, 64)

let net = GPT2(.small, dropout: 0)

let texts = DataSet("texts", fields: ["token": .i32[steps], "next": .i32[steps]])

let model = Model("gpt2_train", net)

model.train(on: texts, batch: batch, epochs: 1) { batch in
  let scores = net(batch.token)
  let loss = crossEntropy(scores.flattened(from: 0, to: 1), batch.next.flattened())
  AdamW(rate: 3e-4, weightDecay: 0.1).minimize(loss, net.parameters)
  return ["loss": loss]
}
