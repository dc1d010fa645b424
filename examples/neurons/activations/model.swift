// Activation functions, black, and their slopes, blue, drawn by the program itself; with their
// values and slopes at some places. `gradient` gives the slopes.

import GraphKit

let functions: [(name: String, apply: (Tensor) -> Tensor)] = [
  ("step", { step($0) }), ("linear", { $0 * 1 }), ("sigmoid", { sigmoid($0) }),
  ("tanh", { tanh($0) }), ("relu", { relu($0) }), ("leaky", { leakyReLU($0, slope: 0.01) }),
  ("elu", { elu($0) }), ("selu", { selu($0) }), ("softplus", { softplus($0) }),
  ("swish", { silu($0) }), ("gelu", { gelu($0) }), ("mish", { mish($0) }),
]

/// How dark the curve y = f(x) is on a grid of pixels, where x and y are from -3 to 3. In each
/// column it is a line from one value to the next.
func curve(_ values: Tensor, size: Int) -> Tensor {
  let scale = Double(size) / 6
  let rows = (3 - (range(size, .f32) + 0.5) / scale).expanded(at: 1)
  let next = concatenate([values[1...], values[(-1)...]])
  let distance = abs(rows - (values + next) / 2) - abs(next - values) / 2
  return clamp(1.3 - relu(distance) * scale, 0...1)
}

let model = Model("activations")

model.infer {
  let size = 120
  let x = (range(size, .f32) + 0.5) * (6.0 / Double(size)) - 3
  let axis = clamp(1 - abs(x) * 10, 0...1) * 0.2
  let paper = 1 - maximum(axis, axis.expanded(at: 1))
  let panels = functions.map { function in
    let y = function.apply(x)
    let slope = gradient(of: y.sum(), by: x, unused: .zero)
    let (black, blue) = (curve(y, size: size), curve(slope, size: size))
    let light = paper * (1 - black)
    return stack([light * (1 - blue), light * (1 - blue * 0.6), light])
  }
  return ["picture": stack(panels)]
}

// A row for each place, a column for each function in the order above.
model.function("values") {
  let x = Tensor([-2, -1, -0.5, 0.5, 1, 2])
  let values = functions.map { $0.apply(x) }
  let slopes = values.map { gradient(of: $0.sum(), by: x, unused: .zero) }
  return ["value": stack(values, axis: 1), "slope": stack(slopes, axis: 1)]
}

// The slopes of softmax, dy_i / dx_j = y_i ((i = j) - y_j), and those by `gradient`.
model.function("softmax") {
  let x = Tensor([1, 2, 3])
  let y = softmax(x)
  let rows = (0..<3).map { gradient(of: y[$0], by: x) }
  return [
    "value": y, "by_formula": y.diagonalEmbedded() - y.outer(y), "by_gradient": stack(rows),
  ]
}
