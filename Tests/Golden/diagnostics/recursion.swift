// A layer that applies itself.

import GraphKit

struct Tower: Layer {
  let dense = Dense(4, 4)

  func callAsFunction(_ x: Tensor) -> Tensor {
    relu(self(dense(x)))
  }
}

let tower = Tower()
let model = Model("tower", tower)

model.infer(Input("x", [1, 4])) { x in ["y": tower(x)] }
