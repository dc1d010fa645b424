// Each operator is a place of its own, also on one line.

import GraphKit

let model = Model("operators")

model.infer(Input("x", [2, 3]), Input("y", [4]), Input("b", [2, 3], .bool)) { x, y, b in
  let sum = x * 2 + y
  let less = x .< y
  let both = (x .> 0) .&& x
  let chosen = select(x, x, x) + select(b, x, y)
  var total = x
  total += y
  return ["a": sum, "b": less, "c": both, "d": -b, "e": total, "f": chosen, "g": x - b]
}
