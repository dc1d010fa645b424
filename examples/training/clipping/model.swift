// Exploding gradients and their cure: h[t] = w h[t - 1] for 20 steps from h[0] = 1, and h[20]
// should be 1. At w = 1.5 the slope is 2.9e8, so that a step of gradient descent ends far outside.

import GraphKit

struct Weights: Module {
  let plain = Parameter([], initialiser: .constant(1.5))
  let clipped = Parameter([], initialiser: .constant(1.5))
}

let net = Weights()
let model = Model("clipping", net)

/// (h[20] - 1)^2
func loss(_ w: Tensor) -> Tensor {
  let last = scan(Tensor(1), over: zeros([20])) { h, _ in (h * w, h) }.carry
  return pow(last - 1, 2)
}

model.train(epochs: 20, steps: 10) {
  let clipped = loss(net.clipped.value)
  let slope = gradient(of: clipped, by: net.clipped.value)
  // A gradient of norm 1 at most: no step is longer than the rate.
  SGD(rate: .cosine(from: 0.02, steps: 200), clip: .norm(1)).minimize(clipped, [net.clipped])

  // Without clipping, the first step alone.
  let first = net.plain.value - 0.02 * gradient(of: loss(net.plain.value), by: net.plain.value)
  net.plain.value = select(model.steps .== 0, first, net.plain.value)
  return [
    "loss": clipped, "slope": abs(slope), "weight": net.clipped.value,
    "weight_without": net.plain.value,
  ]
}
