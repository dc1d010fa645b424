// Products of matrices, y = x w: one model for each size. In 'infer' the right operand is a weight,
// which may be kept in any order; 'multiply' gets both.

import GraphKit

for (rows, inner, columns) in [
  (256, 256, 256), (512, 512, 512), (1024, 1024, 1024), (2304, 2304, 2304), (128, 784, 1024),
  (256, 768, 50257),
] {
  let weight = Parameter([inner, columns], initialiser: .fanIn)
  let model = Model("product_\(rows)x\(inner)x\(columns)", ["w": weight])
  let x = Input("x", [rows, inner])
  model.infer(x) { x in ["y": x.matmul(weight.value)] }
  model.function("multiply", x, Input("w", [inner, columns])) { x, w in ["y": x.matmul(w)] }
}
