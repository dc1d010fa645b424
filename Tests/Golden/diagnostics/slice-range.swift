// A slice that leaves its axis.

import GraphKit

let model = Model("slices")

model.infer(Input("x", [10, 3])) { x in
  ["head": x.sliced(0, 0..<12), "last": x.element(3, of: 1), "third": x.sliced(2, 0..<1)]
}
