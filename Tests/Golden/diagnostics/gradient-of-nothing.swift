// Gradients by what the loss does not depend on, or by way of values that a loop finds outside.

import GraphKit

let net = Dense(4, 1)
let model = Model("nothing", net)

model.infer(Input("x", [2, 4])) { x in
  let y = net(x).sum()
  let other = exp(x)
  let slope = gradient(of: y, by: other)
  let hidden = tanh(x)
  let inside = scan([], steps: 3) { step in
    let loss = (hidden * step.index.cast(to: .f32)).sum()
    return ([], [gradient(of: loss, by: x)])
  }
  let zero = gradient(of: y, by: other, unused: .zero)
  return ["slope": slope, "inside": inside.outputs[0], "zero": zero]
}
