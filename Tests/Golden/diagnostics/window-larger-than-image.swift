// Images become smaller from layer to layer until nothing is left.

import GraphKit

let net = Sequential {
  Conv2D(1, 8, kernel: 3); MaxPool2D(2)
  Conv2D(8, 16, kernel: 3); MaxPool2D(2)
}

let model = Model("cnn", net)

model.infer(Input("image", [1, 1, 8, 8])) { image in ["features": net(image)] }
