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
func exact(_ p: Int) -> Double {
  let (n, p) = (Double(examples), Double(p))
  return p < n ? p * noise / (n - p - 1) : signal * (1 - n / p) + n * noise / (p - n - 1)
}

model.infer {
  let found = numbers.map { p in
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
  return [
    "numbers": Tensor(numbers.map(Double.init)), "error": stack(found),
    "exact": Tensor(numbers.map(exact)),
  ]
}
