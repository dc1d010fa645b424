// Numbers of two types.

import GraphKit

let model = Model("mixed")

model.infer(Input("count", [4], .i32), Input("weight", [4])) { count, weight in
  ["sum": (count * weight).sum(), "shares": count / 4]
}
