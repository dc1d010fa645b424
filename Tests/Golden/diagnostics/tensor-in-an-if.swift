// A condition that only the program can know.

import GraphKit

let model = Model("choice")

model.infer(Input("x", [2, 3])) { x in
  if (x .> 0).any() { return ["y": x] }
  return ["y": -x]
}
