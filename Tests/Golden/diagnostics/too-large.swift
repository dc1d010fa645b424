// More elements than any machine has.

import GraphKit

let model = Model("large")

model.infer(Input("x", [4_000_000_000, 4_000_000_000])) { x in ["y": x * 2] }

model.function("product", Input("x", [33_000_000, 1])) { x in
  let square = x * x.transposed()
  return ["y": square + 1]
}
