// A gradient of another shape than its input, one for two inputs, and one that changes a parameter.

import GraphKit

let weight = Parameter([4])

let model = Model("gradients", ["weight": weight])

model.infer(Input("x", [4])) { x in
  let shape = customGradient(x, forward: { sign($0) }, gradient: { _, _, seed in seed.sum() })
  let count = customGradient([x, weight.value], forward: { [$0[0] * $0[1]] }) { _, _, seeds in
    seeds
  }
  let assigned = customGradient(x, forward: { sign($0) }) { _, _, seed in
    weight.assign(seed)
    return seed
  }
  return ["shape": shape, "count": count[0], "assigned": assigned]
}
