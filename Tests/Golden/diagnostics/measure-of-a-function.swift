// A measure is computed over an evaluation, so other functions return tensors.

import GraphKit

let net = Sequential {
  Flatten(); Dense(64, 10)
}

let model = Model("digits", net)

model.infer(Input("image", [8, 1, 8, 8]), Input("label", [8], .i32)) { image, label in
  ["f1": .f1(net(image), label)]
}
