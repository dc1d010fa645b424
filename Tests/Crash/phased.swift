// Two phases that follow each other with the same weights: an encoder learns to restore digits,
// then to name them. Each shows what it has learnt after every epoch. For scripts/crash, as a run
// may end in the middle of a phase, between two, or while something is shown.

import GraphKit

let encoder = Sequential {
  Dense(64, 32); BatchNorm1D(32); Tanh()
}
let decoder = Dense(32, 64)
let head = Sequential {
  Dropout(0.1); Dense(32, 10)
}

let model = Model("phased", ["encoder": encoder, "decoder": decoder, "head": head])

func pixels(_ batch: Batch) -> Tensor {
  (batch.image.cast(to: .f32) / 16).flattened(from: 1)
}

model.phase("restore", on: .digits, batch: 64, epochs: 2, validation: 0.2) { batch in
  let x = pixels(batch)
  let restored = decoder(encoder(x + 0.1 * randomNormal(x.shape)))
  let loss = mse(restored, x)
  Adam(rate: 2e-3).minimize(loss, encoder.parameters + decoder.parameters)
  return ["loss": loss]
}

model.phase("name", on: .digits, batch: 64, epochs: 2, validation: 0.2, best: .max("accuracy")) {
  batch in
  let logits = head(encoder(pixels(batch)))
  let loss = crossEntropy(logits, batch.label)
  Adam(rate: .cosine(from: 2e-3, steps: 60)).minimize(loss, encoder.parameters + head.parameters)
  return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
}

model.every(epochs: 1, "pictures", .image(columns: 4)) {
  ["picture": sigmoid(decoder(randomNormal([8, 32]))).reshaped([8, 1, 8, 8])]
}

model.every(epochs: 1, "decoded", .csv) { ["weight": decoder.weight.value] }

model.infer(Input("image", [1, 64])) { image in ["digit": head(encoder(image)).argmax()] }
