// A mistake inside a layer of one's own, in a network of such layers.

import GraphKit

struct Residual: Layer {
  let conv1: Conv2D
  let conv2: Conv2D

  init(_ inputs: Int, _ outputs: Int) {
    conv1 = Conv2D(inputs, outputs, kernel: 3, padding: .same)
    conv2 = Conv2D(outputs, outputs, kernel: 3)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    relu(x + conv2(relu(conv1(x))))
  }
}

let net = Sequential {
  Residual(16, 16)
  Residual(16, 16)
}

let model = Model("residual", net)

model.infer(Input("image", [1, 16, 8, 8])) { image in ["features": net(image)] }
