// Axes count from 0, or backwards from -1.

import GraphKit

let model = Model("axes")

model.infer(Input("x", [32, 10])) { x in
  [
    "sum": x.sum(axes: [2]),
    "share": softmax(x, axis: -3),
    "best": x.argmax(axis: 2),
    "mean": x.mean(axes: [0, 0]),
    "turned": x.transposed([0, 2]),
  ]
}
