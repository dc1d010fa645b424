// Nothing is wrong; what the model prints is shown, and what the Swift compiler warns of.

import GraphKit

let net = Dense(4, 2)
print("four inputs, two outputs")

let model = Model("fine", net)

model.infer(Input("x", [1, 4])) { x in
  let unused = x * 2
  return ["y": net(x)]
}
