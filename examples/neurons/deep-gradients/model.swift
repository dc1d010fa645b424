// Vanishing and exploding gradients: the norm of the slope of each of 30 layers, for several
// activations and scales of weights. Nothing is learned; weights, inputs and loss are random.

import GraphKit

let depth = 30
let width = 64

/// Norms of the slopes of the layers 1 to 30 of y = f(W y), divided by that of the last; `gain`
/// times 1 / sqrt(width) is the deviation of the weights.
func norms(gain: Double, _ activation: (Tensor) -> Tensor) -> Tensor {
  let weights = (0..<depth).map { _ in randomNormal([width, width]) * (gain / 8) }
  let x = randomNormal([64, width])
  let y = weights.reduce(x) { activation($0.matmul($1)) }
  let loss = (y * randomNormal(y.shape)).mean()
  let slopes = stack(gradient(of: loss, by: weights).map { $0.norm() })
  return slopes / slopes[-1]
}

let model = Model("deep_gradients")

model.sample {
  [
    "sigmoid": norms(gain: 1) { sigmoid($0) },
    "tanh": norms(gain: 1) { tanh($0) },
    "relu": norms(gain: 1.4142) { relu($0) },
    "small_relu": norms(gain: 1) { relu($0) },
    "large_relu": norms(gain: 2) { relu($0) },
  ]
}

// The same in one number: h[t] = w h[t - 1], so that dh[t] / dh[0] is w to the power t.
model.function("chain", Input("w", [])) { w in
  let start = Tensor(1)
  let h = scan(start, over: zeros([30])) { h, _ in (h * w, h * w) }.outputs
  return ["slope_4": gradient(of: h[3], by: start), "slope_30": gradient(of: h[29], by: start)]
}
