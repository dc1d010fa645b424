// A tensor lives in one function.

import GraphKit

let net = Dense(4, 4)
let model = Model("shared", net)

var hidden: Tensor?

model.function("encode", Input("x", [1, 4])) { x in
  hidden = net(x)
  return ["x": x]
}

model.infer(Input("x", [1, 4])) { x in
  ["sum": x + (hidden ?? x), "product": net(hidden ?? x), "kept": hidden ?? x]
}
