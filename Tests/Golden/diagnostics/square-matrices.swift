// Matrices that are not square, a right side of another size, and numbers of another type.

import GraphKit

let model = Model("matrices")

model.infer(Input("a", [3, 4]), Input("b", [3, 3]), Input("c", [2, 5]), Input("v", [3])) {
  a, b, c, v in
  let root = a.cholesky()
  let inverse = a.inverse()
  let x = b.solve(c)
  let y = b.solve(v)
  let z = b.triangularSolve(c, upper: true, left: false)
  let half = b.cast(to: .f16).determinant()
  return ["root": root, "inverse": inverse, "x": x, "y": y, "z": z, "half": half]
}
