// Values are there only while a function is written down.

import GraphKit

let net = Dense(4, 4)
let norm = (net.weight.value * net.weight.value).sum()
let start = net(zeros([1, 4]))

let model = Model("norms", net)

model.infer(Input("x", [1, 4])) { x in ["y": net(x) / norm] }
