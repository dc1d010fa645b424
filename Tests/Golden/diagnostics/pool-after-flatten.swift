// Layers in the wrong order: a window needs rows and columns.

import GraphKit

let net = Sequential {
  Conv2D(1, 8, kernel: 3, padding: .same)
  Flatten()
  MaxPool2D(2)
}

let model = Model("cnn", net)

model.infer(Input("image", [1, 1, 8, 8])) { image in ["features": net(image)] }
