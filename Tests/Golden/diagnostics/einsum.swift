// Equations that do not fit their operands.

import GraphKit

let model = Model("sums")

model.infer(Input("x", [2, 3]), Input("w", [4, 5])) { x, w in
  [
    "product": einsum("ni,ij->nj", x, w),
    "letters": einsum("nij,ij->n", x, w),
    "operands": einsum("ni,ij", x),
    "result": einsum("ni->nk", x),
  ]
}
