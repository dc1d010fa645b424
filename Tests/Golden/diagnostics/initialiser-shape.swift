// An initialiser that gives another shape than it is asked for; it is looked at last.

import GraphKit

let scale = Parameter([3], initialiser: Initialiser { _ in Tensor([1, 2, 3, 4]) })
let model = Model("start", ["scale": scale])

model.infer(Input("x", [8, 3])) { x in ["y": x * scale.value] }
