// Numbers written into the model.

import GraphKit

let model = Model("numbers")

model.infer(Input("x", [2, 2])) { x in
  let table = Tensor([[1, 2], [3, 4, 5]])
  let grid = Tensor(values: [1, 2, 3], shape: [2, 2])
  return ["y": x + table, "z": x + grid, "none": concatenate([])]
}
