// Double descent (Belkin et al., 2019), in the case that can be computed: least squares with the
// smallest weights, on 40 noisy examples of 5 to 400 numbers (Hastie et al., 2022).

import GraphKit

let examples = 40
let numbers = [5, 10, 20, 30, 34, 46, 50, 60, 80, 160, 400]
let (signal, noise) = (1.0, 0.25)
let trials = 400

let model = Model("double_descent")

/// The mean of |w - w*|^2, which is the error on new examples less their noise: below `examples`
/// numbers p noise / (n - p - 1); above, signal (1 - n / p) + n noise / (p - n - 1).
func exact(_ p: Tensor) -> Tensor {
  let n = Double(examples)
  let above = signal * (1 - n / p) + n * noise / (p - n - 1)
  return select(p .< n, p * noise / (n - 1 - p), above)
}

/// Errors over numbers, both logarithmic: the exact ones as a curve, those found as dots.
func picture(_ p: Tensor, _ error: Tensor) -> Tensor {
  let (height, width) = (240, 480)
  func level(_ error: Tensor) -> Tensor { log(error / 0.02) / log(Tensor(250)) }
  let y = 1 - (range(height, .f32) + 0.5).expanded(at: 1) / Double(height)
  let x = range(width + 1, .f32) / Double(width)
  let curve = level(exact(4 * exp(x * log(Tensor(125)))))
  let (low, high) = (minimum(curve[1...], curve[..<width]), maximum(curve[1...], curve[..<width]))
  let isCurve = (y .> low - 0.007) .&& (y .< high + 0.007)
  let across = x[..<width] - (log(p / 4) / log(Tensor(125))).reshaped([-1, 1, 1])
  let isDot = hypot(across * 2, y - level(error).reshaped([-1, 1, 1])) .< 0.025
  let image = select(isCurve, 0.7, ones([height, width]))
  return select(isDot.any(axis: 0), 0, image).expanded(at: 0)
}

/// The mean errors of all trials, one for each of `numbers`.
func found() -> Tensor {
  let errors = numbers.map { p in
    let x = randomNormal([trials, examples, p])
    let truth = randomNormal([trials, p, 1]) * sqrt(Tensor(signal / Double(p)))
    let y = x.matmul(truth) + randomNormal([trials, examples, 1]) * sqrt(Tensor(noise))
    let across = x.transposed([0, 2, 1])
    // The least weights that fit best: (X'X)^-1 X' y, or X' (XX')^-1 y if they fit exactly.
    let weights =
      p < examples
      ? across.matmul(x).solve(across.matmul(y)) : across.matmul(x.matmul(across).solve(y))
    return pow(weights - truth, 2).sum(axis: 1).mean()
  }
  return stack(errors)
}

let p = numbers.map(Double.init)

model.infer { ["numbers": Tensor(p), "error": found(), "exact": exact(Tensor(p))] }

model.function("picture") { ["picture": picture(Tensor(p), found())] }
