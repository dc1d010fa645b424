// Tensors that do not fit beside each other.

import GraphKit

let model = Model("joins")

model.infer(Input("a", [4, 8]), Input("b", [3, 8])) { a, b in
  ["rows": concatenate([a, b]), "columns": concatenate([a, b], axis: 1), "pile": stack([a, b])]
}
