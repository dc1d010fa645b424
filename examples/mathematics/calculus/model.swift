// Derivatives of a first unit: rules, partial derivatives, the chain rule, second derivatives, and
// the quotient of differences that they are the limit of.

import GraphKit

let model = Model("calculus")

func derivative(_ x: Double, _ f: (Tensor) -> Tensor) -> Tensor {
  let x = Tensor(x)
  return gradient(of: f(x), by: x)
}

// The rules, at x = 2: 3 x^2, sin x + x cos x, -1 / (x + 1)^2, 2 x cos x^2.
model.infer {
  [
    "power": derivative(2) { $0 * $0 * $0 },
    "product": derivative(2) { $0 * sin($0) },
    "quotient": derivative(2) { 1 / ($0 + 1) },
    "chain": derivative(2) { sin($0 * $0) },
    "second": derivative(2) { x in gradient(of: sin(x * x), by: x) },
  ]
}

// f(x, y) = x^2 y + sin(x y) at (1, 2): the partial derivatives 2 x y + y cos(x y) and
// x^2 + x cos(x y), and the matrix of the second ones, which is symmetric.
model.function("partial") {
  let p = Tensor([1, 2])
  let f = p[0] * p[0] * p[1] + sin(p[0] * p[1])
  let slope = gradient(of: f, by: p)
  let hessian = stack([gradient(of: slope[0], by: p), gradient(of: slope[1], by: p)])
  return ["gradient": slope, "hessian": hessian]
}

// dE/dx = dE/df df/dg dg/dh dh/dx for E = f^2, f = tanh g, g = 3 h, h = exp x, factor by factor.
model.function("chain") {
  let x = Tensor(0.1)
  let h = exp(x)
  let g = 3 * h
  let f = tanh(g)
  let e = f * f
  let factors = 2 * f * (1 - f * f) * 3 * h
  return ["product": factors, "gradient": gradient(of: e, by: x)]
}

// The quotient of differences of sin at 1 for smaller and smaller h: an error of order h on one
// side, of order h^2 on both.
model.function("limit") {
  let h = Tensor([0.1, 0.01, 0.001])
  let one = Tensor(1)
  let right = (sin(1 + h) - sin(one)) / h
  let both = (sin(1 + h) - sin(1 - h)) / (2 * h)
  return ["right": right - cos(one), "both": both - cos(one)]
}
