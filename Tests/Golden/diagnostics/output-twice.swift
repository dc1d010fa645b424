// Two results of one name.

import GraphKit

let model = Model("results")

model.infer(Input("x", [4])) { x in ["y": x * 2, "y": x * 3] }
