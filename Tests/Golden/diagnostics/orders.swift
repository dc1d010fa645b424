// No more elements can be taken than an axis has.

import GraphKit

let model = Model("orders")

model.infer(Input("x", [4, 6]), Input("label", [8], .i32)) { x, label in
  [
    "top": x.topK(7).values,
    "none": x.kthValue(0).values,
    "rows": x.searchSorted(x.transposed()),
    "counts": label.binCount(0),
    "running": label.cumulativeLogSumExp(),
  ]
}
