// How a deep linear net learns (Saxe, McClelland and Ganguli, 2014): each mode of the data appears
// along a curve that can be written down, the strong ones first.

import GraphKit

// Four things and what is true of them: all grow; animals move, plants have roots; a canary flies,
// a salmon swims, an oak has leaves, a rose has petals.
let facts = [
  [1.0, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0],
  [0, 0, 0, 1],
]
let (rate, start, steps) = (0.0005, 0.001, 12_000)

let model = Model("deep_linear")

// y = W2 W1 x, by gradient descent on |facts - W2 W1|^2 / 2 from the weights U sqrt(start) and
// sqrt(start) V', where facts = U S V'. The strength a of a mode then follows
// a(t) = s e^(2 s t) / (e^(2 s t) - 1 + s / start).
model.infer {
  let data = Tensor(facts)
  let modes = data.svd()
  let root = Tensor(start).broadcast(to: [4])
  let first = sqrt(root).expanded(at: 1) * modes.vTransposed
  let second = modes.u * sqrt(root)
  let found = scan([second, first], steps: steps) { step in
    let (w2, w1) = (step.carries[0], step.carries[1])
    let product = w2.matmul(w1)
    let slopes = gradient(of: pow(data - product, 2).sum() / 2, by: [w2, w1])
    let strength = modes.u.transposed().matmul(product).matmul(modes.vTransposed.transposed())
    return ([w2 - slopes[0] * rate, w1 - slopes[1] * rate], [strength.diagonal()])
  }.outputs[0]
  let time = (range(steps).cast(to: found.elementType) * rate).expanded(at: 1)
  let growth = exp(2 * modes.values * time)
  let exact = modes.values * growth / (growth - 1 + modes.values / start)
  // The time at which a mode has half of its strength: log(s / start - 1) / (2 s).
  let half = (found .< modes.values / 2).cast(to: .f32).sum(axis: 0) * rate
  return [
    "strengths": modes.values, "half_time": half,
    "half_time_exact": log(modes.values / start - 1) / (2 * modes.values),
    "largest_difference": abs(found - exact).max(),
    "curve": concatenate([found, exact], axis: 1)[.slice(step: 1000)],
  ]
}
