// Settings that are choices, and results that are words.

import GraphKit

let (small, large) = (Dense(4, 3), Dense(4, 3))
let model = Model("choices", ["small": small, "large": large])
let net = model.setting("net", choices: ["small", "large"])
let rate = model.setting("rate", 1e-3)
let odd = model.setting("odd", choices: ["two words"])

model.infer(Input("x", [1, 4])) { x in
  let y = cond(net.isChosen("lagre"), then: { large(x) }, else: { small(x) })
  let z = rate.choose { name in name == "large" ? large(x) : small(x) }
  return ["animal": .names(y.argmax(), []), "score": .names(z, ["ant", "bee", "cat"])]
}

model.every(epochs: 1, "story", .text) { ["text": .text(range(3)), "number": range(3)] }

model.train(epochs: 3, steps: 10) {
  let loss = small(ones([1, 4])).sum()
  Adam(rate: .piecewise([(10, 1e-2), (5, 1e-3)])).minimize(loss, small.parameters)
  return ["loss": loss, "word": .text(range(2), of: "ab")]
}
