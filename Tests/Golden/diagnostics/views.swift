// Views whose sizes do not fit.

import GraphKit

let model = Model("views")

model.infer(Input("x", [4, 6])) { x in
  let parts = x.split([2, 3], axis: 1)
  let rows = x.sliced(0, from: 3, to: 1)
  let heads = x.unflattened(1, to: [4, -1])
  let twice = x.repeatedEach([1, 2, 3], axis: 0)
  return [
    "parts": parts[0], "rows": rows, "heads": heads, "twice": twice, "line": x.squeezed(0),
    "corner": x.diagonal(offset: 6), "shuffled": x.expanded(at: 0).pixelShuffled(3),
  ]
}
