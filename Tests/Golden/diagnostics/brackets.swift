// Positions outside an axis, positions that are no integers, and assignments that do not fit.

import GraphKit

let memory = Parameter.cache([4, 2])
let model = Model("brackets", ["memory": memory])

model.infer(Input("x", [2, 3])) { x in
  let last = x[0, 3]
  let rows = x[..., 1..<5]
  let positive = x[x .> 0]
  memory[0] = x[0]
  return ["y": last + rows + positive]
}
