// Arguments of the CTC loss in another order or of other types.

import GraphKit

let model = Model("speech")

model.infer(
  Input("x", [20, 4, 30]), Input("target", [4, 6], .i32), Input("steps", [4], .i32),
  Input("count", [4], .i32)
) { x, target, steps, count in
  let scores = logSoftmax(x)
  let flat = ctcLoss(scores.flattened(), target, inputLengths: steps, targetLengths: count)
  let other = ctcLoss(scores, target.transposed(), inputLengths: steps, targetLengths: count)
  let real = ctcLoss(
    scores, target, inputLengths: steps.cast(to: .f32), targetLengths: count)
  let good = ctcLoss(scores, target, inputLengths: steps, targetLengths: count)
  return ["a": flat, "b": other, "c": real, "d": good]
}
