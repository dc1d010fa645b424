// Matrix products the wrong way round, of vectors, and of numbers of two types.

import GraphKit

let weight = Parameter([784, 10], initialiser: .xavierUniform())

let model = Model("linear", ["weight": weight])

model.infer(Input("x", [1, 784]), Input("v", [10]), Input("n", [10, 2], .i32)) { x, v, n in
  let scores = weight.value.matmul(x)
  let dot = v.matmul(v)
  let mixed = weight.value.matmul(n)
  return ["label": scores.argmax(), "dot": dot, "mixed": mixed]
}
