// Layers of a network whose sizes do not fit each other.

import GraphKit

let net = Sequential {
  Flatten()
  Dense(784, 128); ReLU()
  Dense(64, 10)
}

let model = Model("mnist", net)

model.infer(Input("image", [32, 1, 28, 28])) { image in
  ["probability": softmax(net(image))]
}
