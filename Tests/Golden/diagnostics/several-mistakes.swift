// All mistakes are shown in one run; what follows from one is not.

import GraphKit

let net = Sequential {
  Dense(64, 32); ReLU(); Dropout(1.5)
  Dense(16, 10)
}

let model = Model("digits", net)

model.train(on: .digits, batch: 64, epochs: 1, validation: 0.2) { batch in
  let logits = net(batch.image.cast(to: .f32).reshaped([64, 64]))
  let loss = crossEntropy(logits, batch.lable)
  Adam(rate: -0.001).minimize(loss, net.parameters)
  return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
}

model.infer(Input("image", [1, 64])) { image in
  ["probability": softmax(image.sum(axes: [3]))]
}
