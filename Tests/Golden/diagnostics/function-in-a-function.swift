// Functions are declared one after the other, not inside each other.

import GraphKit

let net = Dense(4, 4)
let model = Model("nested", net)

model.infer(Input("x", [1, 4])) { x in
  model.function("inner", Input("x", [1, 4])) { x in ["y": net(x)] }
  return ["y": net(x)]
}
