// Two models under one name.

import GraphKit

let small = Dense(4, 4)
let large = Dense(4, 8)

let first = Model("net", small)
first.infer(Input("x", [1, 4])) { x in ["y": small(x)] }

let second = Model("net", large)
second.infer(Input("x", [1, 4])) { x in ["y": large(x)] }
