// The channels of one convolution are not those of the next.

import GraphKit

let net = Sequential {
  Conv2D(1, 16, kernel: 3, padding: .same); ReLU()
  Conv2D(32, 64, kernel: 3, padding: .same); ReLU()
}

let model = Model("cnn", net)

model.infer(Input("image", [1, 1, 8, 8])) { image in ["features": net(image)] }
