// LeNet-5 (LeCun et al., 1998) with what has taken the place of its activations and its pooling
// since.

import GraphKit

let net = Sequential {
  Conv2D(1, 6, kernel: 5, padding: 2); ReLU(); MaxPool2D(2)
  Conv2D(6, 16, kernel: 5); ReLU(); MaxPool2D(2)
  Flatten()
  Dense(16 * 5 * 5, 120); ReLU()
  Dense(120, 84); ReLU()
  Dense(84, 10)
}

let images = DataSet("images", fields: ["image": .f32[1, 28, 28], "label": .i32])

let model = Model("lenet5", net)

model.train(on: images, batch: 64, epochs: 1) { batch in
  let loss = crossEntropy(net(batch.image), batch.label)
  SGD(rate: 0.01, momentum: 0.9).minimize(loss, net.parameters)
  return ["loss": loss]
}
