// A positive example has one score; scores of classes come with labels.

import GraphKit

let net = Sequential {
  Flatten(); Dense(64, 10)
}

let model = Model("digits", net)

model.infer(Input("image", [8, 1, 8, 8]), Input("label", [8], .i32)) { image, label in
  ["auc": .areaUnderCurve(net(image), positive: label .== 1, most: 8)]
}
