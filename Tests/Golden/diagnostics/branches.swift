// Branches that give different things, and conditions that are no single truth.

import GraphKit

let model = Model("branches")

model.infer(Input("x", [4])) { x in
  let isLarge = x.sum() .> 1
  let shapes = cond(isLarge, then: { x }, else: { x.sum() })
  let types = cond(isLarge, then: { x }, else: { x.argmax() })
  let counts = cond(isLarge, then: { [x, x] }, else: { [x] })
  let each = cond(x .> 1, then: { x }, else: { -x })
  let number = cond(x.sum(), then: { x }, else: { -x })
  return ["a": shapes, "b": types, "c": counts[0], "d": each, "e": number]
}
