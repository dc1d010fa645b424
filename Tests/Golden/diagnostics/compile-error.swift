// What the Swift compiler says goes through as it is.

import GraphKit

let net = Sequential {
  Dense(64, "10")
}

let model = Model("typed", net)

model.infer(Input("x", [1, 64])) { x in ["y": nett(x)] }
