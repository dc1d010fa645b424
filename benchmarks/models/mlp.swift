// A perceptron with two hidden layers, for images of 28 x 28 pixels.

import GraphKit

let net = Sequential {
  Dense(784, 1024); ReLU()
  Dense(1024, 1024); ReLU()
  Dense(1024, 10)
}

let images = DataSet("images", fields: ["image": .f32[784], "label": .i32])

let model = Model("mlp", net)

model.train(on: images, batch: 128, epochs: 1) { batch in
  let loss = crossEntropy(net(batch.image), batch.label)
  Adam(rate: 1e-3).minimize(loss, net.parameters)
  return ["loss": loss]
}
