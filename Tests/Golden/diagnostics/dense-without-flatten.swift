// A forgotten Flatten.

import GraphKit

let net = Sequential {
  Conv2D(1, 16, kernel: 3, padding: .same); ReLU(); MaxPool2D(2)
  Dense(256, 10)
}

let model = Model("cnn", net)

model.infer(Input("image", [1, 1, 8, 8])) { image in ["scores": net(image)] }
