// Vanishing and exploding gradients: how large the slope is at each of 30 layers, for several
// activations and scales of weights. Nothing is learned; weights, inputs and loss are random.

import GraphKit

let depth = 30
let width = 64

/// The decimal logarithm of the norm of the loss's slope by the outputs of layer 1 to 30 of
/// h = f(W h), compared with that of layer 30. Weights have the deviation gain / sqrt(width).
func slopes(gain: Double, _ activation: (Tensor) -> Tensor) -> Tensor {
  var layers = [randomNormal([64, width])]
  for _ in 0..<depth {
    let weight = randomNormal([width, width], deviation: gain / 8)
    layers.append(activation(layers[layers.count - 1].matmul(weight)))
  }
  let loss = (layers[depth] * randomNormal([64, width])).mean()
  let norms = stack(gradient(of: loss, by: Array(layers[1...])).map { $0.norm() })
  return log10(norms / norms[-1])
}

let model = Model("deep_gradients")

func kinds() -> [(name: String, slopes: Tensor)] {
  [
    ("sigmoid", slopes(gain: 1) { sigmoid($0) }),
    ("tanh", slopes(gain: 1) { tanh($0) }),
    ("relu", slopes(gain: 1.4142) { relu($0) }),
    ("small_relu", slopes(gain: 1) { relu($0) }),
    ("large_relu", slopes(gain: 2) { relu($0) }),
  ]
}

model.sample {
  var results: Outputs = [:]
  for kind in kinds() { results.append(kind.name, kind.slopes) }
  return results
}

// The same as a picture: from layer 1 to 30, and from 5 at the top to -19, with a line at 0.
model.function("picture") {
  let height = (5 - range(288, .f32) / 12).expanded(at: 1)
  let colours = [[0.6, 0, 0.7], [0, 0.4, 0.9], [0, 0.6, 0.2], [0.95, 0.6, 0], [0.85, 0, 0]]
  var image = 1 - 0.2 * (abs(height) .< 0.04).cast(to: .f32).expanded(at: 0)
  for (colour, kind) in zip(colours, kinds()) {
    let isCurve = abs(height - kind.slopes.repeatedEach(12)) .< 0.2
    image = select(isCurve, Tensor(colour).reshaped([3, 1, 1]), image)
  }
  return ["picture": image.expanded(at: 0)]
}

// The same in one number: h[t] = w h[t - 1], so that dh[t] / dh[0] is w to the power t.
model.function("chain", Input("w", [])) { w in
  let start = Tensor(1)
  let h = scan(start, over: zeros([30])) { h, _ in (h * w, h * w) }.outputs
  return ["slope_4": gradient(of: h[3], by: start), "slope_30": gradient(of: h[29], by: start)]
}
