// A running mean of the wrong shape.

import GraphKit

struct Centre: Layer {
  let mean = Parameter.statistic([4])

  func callAsFunction(_ x: Tensor) -> Tensor {
    mean.assign(x.mean(axes: [0], keep: true))
    return x - mean.value
  }
}

let centre = Centre()
let model = Model("centred", centre)

model.infer(Input("x", [8, 4])) { x in ["y": centre(x)] }
