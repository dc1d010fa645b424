// Only floating-point numbers have gradients.

import GraphKit

let model = Model("slopes")

model.infer(Input("x", [4], .i32)) { x in
  let y = x.cast(to: .f32)
  return ["slope": gradient(of: (y * y).sum(), by: x)]
}
