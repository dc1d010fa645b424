// A training whose result is known for all settings: Branin's function of x and y, with three
// minima of 0.397887, so that searches for the best settings can be compared.

import GraphKit

/// What stands for the weights of a net.
struct Net: Module {
  let height = Parameter.statistic([])
}

let net = Net()
let model = Model("branin", net)

let x = model.setting("x", 0, help: "from -5 to 10")
let y = model.setting("y", 0, help: "from 0 to 15")

model.train(epochs: 1, steps: 1) {
  let (x, y, pi) = (x.value, y.value, 3.14159265)
  let valley = y - 5.1 / (4 * pi * pi) * x * x + 5 / pi * x - 6
  net.height.assign(valley * valley + 10 * (1 - 1 / (8 * pi)) * cos(x) + 10)
  return ["loss": net.height.value]
}
