// A network that belongs to another model.

import GraphKit

let net = Dense(4, 4)

let first = Model("first", net)
first.infer(Input("x", [1, 4])) { x in ["y": net(x)] }

let second = Model("second")
second.infer(Input("x", [1, 4])) { x in ["y": net(x)] }
