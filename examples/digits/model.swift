// Handwritten digits: a small convolutional network that learns from 1797 images of 8 x 8 pixels.

import GraphKit

let net = Sequential {
  Conv2D(1, 32, kernel: 3, padding: .same, bias: false); BatchNorm(32); SiLU(); AvgPool2D(2)
  Conv2D(32, 64, kernel: 3, padding: .same, bias: false); BatchNorm(64); SiLU(); AvgPool2D(2)
  Flatten()
  Dense(256, 64); SiLU()
  Dense(64, 10)
}

let digits = DataSet(
  "../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8])

let model = Model("digits", net)

model.train(on: digits, batch: 64, epochs: 20, validation: 0.2) { batch in
  let logits = net(batch.image.cast(to: .f32) / 16)
  let loss = crossEntropy(logits, batch.label, labelSmoothing: 0.1)
  Adam(rate: .cosine(from: 2e-3)).minimize(loss, net.parameters)
  return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
}

model.infer(Input("image", [1, 1, 8, 8])) { image in
  let logits = net(image)
  return ["digit": logits.argmax(), "probability": softmax(logits)]
}
