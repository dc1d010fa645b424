// Numbers of layers that mean nothing.

import GraphKit

let hidden = 64

let net = Sequential {
  Conv2D(1, 8, kernel: 0, stride: 2, padding: -1)
  Flatten()
  Dense(hidden - 65, 10)
  MaxPool2D([2, 2, 2])
}

let model = Model("sizes", net)

model.infer(Input("image", [0, 1, 8, 8])) { image in ["features": image] }
