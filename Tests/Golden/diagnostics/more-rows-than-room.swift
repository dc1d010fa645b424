// A function gives a measure of what it is given, for which there must be room.

import GraphKit

let net = Sequential {
  Flatten(); Dense(64, 10)
}

let model = Model("digits", net)

model.infer(Input("image", [8, 1, 8, 8]), Input("label", [8], .i32)) { image, label in
  ["auc": .areaUnderCurve(net(image), label, most: 5)]
}
