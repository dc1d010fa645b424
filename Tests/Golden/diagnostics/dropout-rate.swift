// A rate is a share, not a percentage.

import GraphKit

let net = Sequential {
  Dense(4, 4); Dropout(25)
  Dense(4, 1)
}

let model = Model("rates", net)

model.infer(Input("x", [1, 4])) { x in ["y": net(x)] }
