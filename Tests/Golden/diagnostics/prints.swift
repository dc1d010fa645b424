// What a model prints is shown, before what is wrong with it.

import GraphKit

let widths = [64, 32, 10]
print("widths:", widths)

let net = Sequential {
  Dense(widths[0], widths[1]); ReLU()
  Dense(widths[2], widths[1])
}
print("parameters:", net.parameters.reduce(0) { $0 + $1.shape.count })

let model = Model("noisy", net)

model.infer(Input("x", [1, 64])) { x in ["y": net(x)] }
