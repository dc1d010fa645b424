// Scores of one batch and labels of another.

import GraphKit

let net = Dense(64, 10)

let model = Model("digits", net)

model.function("loss", Input("x", [32, 64]), Input("label", [64], .i32)) { x, label in
  ["loss": crossEntropy(net(x), label)]
}
