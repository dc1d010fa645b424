// Names become files, flags and C.

import GraphKit

let model = Model("my model")
let rate = model.setting("learning-rate", 0.1)

model.function("2nd", Input("x", [4])) { x in ["y": x * rate.value] }
model.function("größe", Input("x", [4])) { x in ["y": x] }
model.infer(Input("input.1", [4])) { x in ["": x] }
