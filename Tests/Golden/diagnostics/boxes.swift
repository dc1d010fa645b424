// Boxes are four numbers, with one score each.

import GraphKit

let model = Model("boxes")

model.infer(Input("box", [9, 5]), Input("good", [9, 4]), Input("score", [8])) { box, good, score in
  [
    "overlap": boxOverlap(good, box),
    "five": nonMaximumSuppression(box, score, overlap: 0.5, limit: 3).positions,
    "eight": nonMaximumSuppression(good, score, overlap: 0.5, limit: 3).positions,
  ]
}
