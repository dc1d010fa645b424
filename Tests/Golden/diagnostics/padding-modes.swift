// Padding that takes more elements from an image than it has.

import GraphKit

let net = Sequential {
  Conv2D(1, 4, kernel: 3, padding: 1, paddingMode: .circular)
  ReflectionPad2D(8)
  Conv2D(4, 4, kernel: 3)
}

let model = Model("padded", net)

model.infer(Input("image", [1, 1, 8, 8])) { image in ["features": net(image)] }
