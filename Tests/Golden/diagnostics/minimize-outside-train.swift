// Learning belongs into 'train'.

import GraphKit

let net = Dense(2, 1)

let model = Model("learner", net)

model.infer(Input("x", [1, 2])) { x in
  let y = net(x)
  SGD(rate: 0.1).minimize(y.mean(), net.parameters)
  return ["y": y]
}
