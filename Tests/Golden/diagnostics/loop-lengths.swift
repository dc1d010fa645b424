// A loop without a number of steps, and sequences of different lengths.

import GraphKit

let model = Model("loops")

model.infer(Input("x", [5, 3]), Input("z", [4, 3]), Input("h", [3])) { x, z, h in
  let endless = scan([h]) { step in ([step.carries[0] * 2], []) }
  let uneven = scan([h], over: [x, z]) { step in
    ([step.carries[0] + step.slices[0] * step.slices[1]], [])
  }
  let none = scan([h], steps: 0) { step in ([step.carries[0] * 2], []) }
  return ["a": endless.carries[0], "b": uneven.carries[0], "c": none.carries[0]]
}
