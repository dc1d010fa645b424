// Layers whose sizes are those of another place.

import GraphKit

let net = Sequential {
  Conv2D(1, 8, kernel: 3); BatchNorm(16)
  Flatten(); LayerNorm(100)
}

let model = Model("norms", net)

model.infer(Input("image", [1, 1, 8, 8])) { image in
  ["a": net(image), "b": LayerNorm(7, affine: false)(image)]
}
