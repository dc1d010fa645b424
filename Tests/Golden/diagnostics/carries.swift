// Steps of loops that hand on something else than they were handed.

import GraphKit

let model = Model("loops")

model.infer(Input("x", [5, 3]), Input("h", [3])) { x, h in
  let longer = scan([h], over: [x]) { step in
    ([concatenate([step.carries[0], step.slices[0]])], [])
  }
  let fewer = scan([h, h], over: [x]) { step in
    ([step.carries[0] + step.slices[0]], [])
  }
  let counted = whileLoop(h, while: { $0.sum() .< 10 }) { $0.sum() }
  let more = whileLoop([h], while: { $0[0].sum() .< 10 }) { [$0[0], $0[0]] }
  return ["a": longer.carries[0], "b": fewer.carries[0], "c": counted, "d": more[0]]
}
