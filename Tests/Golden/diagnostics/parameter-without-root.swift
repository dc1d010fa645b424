// A layer that was not given to the model.

import GraphKit

let encoder = Dense(64, 8)
let decoder = Dense(8, 64)

let model = Model("coder", encoder)

model.infer(Input("x", [1, 64])) { x in ["x": decoder(encoder(x))] }
