// Shapes are aligned at the last axis, not at the first.

import GraphKit

let model = Model("scale")

model.infer(Input("image", [8, 3, 32, 32]), Input("gain", [3])) { image, gain in
  let brighter = image * gain
  return ["image": brighter]
}
