// A function of the model is wrong for one of its callers.

import GraphKit

func standardised(_ x: Tensor, by scale: Tensor) -> Tensor {
  let centred = x - x.mean(axes: [1], keep: true)
  return centred / scale
}

func features(_ x: Tensor, _ scale: Tensor) -> Tensor {
  standardised(x, by: scale)
}

let model = Model("chain")

model.infer(Input("x", [8, 4]), Input("wide", [8, 6]), Input("scale", [4])) { x, wide, scale in
  let a = features(x, scale)
  let b = features(wide, scale)
  return ["a": a, "b": b]
}
