// The next trial of a Bayesian search: a Gaussian process over the trials so far, and the point
// from which it expects the largest improvement. 'gcomp sweep' compiles this when it needs it.

import GraphKit

let trials = option("trials", 32, help: "the most trials that the process knows")
let width = option("width", 2, help: "the coordinates of a trial")
let candidates = 1024
let steps = 100
let rounds = 8

func squared(_ x: Tensor) -> Tensor { x * x }

/// The covariance of points by their distance, as Matern's with 5/2: smooth, but not endlessly so.
func covariance(_ a: Tensor, _ b: Tensor, _ scales: Tensor) -> Tensor {
  let (rows, columns) = (a.shape[0], b.shape[0])
  let differences =
    (a / scales).reshaped([rows, 1, width]) - (b / scales).reshaped([1, columns, width])
  // A root has no slope at 0.
  let distance = sqrt(squared(differences).sum(axes: [2]) * 5 + 1e-12)
  return (distance + 1 + squared(distance) / 3) * exp(-distance)
}

/// What the process is learned by, all as logarithms: a scale for each coordinate, the variance,
/// and that of the noise.
struct Hyperparameters {
  let values: Tensor

  var scales: Tensor { exp(values[0..<width]) }
  var variance: Tensor { exp(values[width]) }
  var noise: Tensor { exp(values[width + 1]) + 1e-6 }

  /// The covariance of all trials; those that are not there yet know nothing of others.
  func matrix(_ points: Tensor, _ there: Tensor) -> Tensor {
    let pairs = there.reshaped([trials, 1]) * there.reshaped([1, trials])
    let diagonal = eye(trials, nil, .f64) * (there * noise + (1 - there))
    return covariance(points, points, scales) * variance * pairs + diagonal
  }

  /// The negative logarithm of how likely they are: by the costs, and by what is usual.
  func loss(_ points: Tensor, _ costs: Tensor, _ there: Tensor) -> Tensor {
    let lower = matrix(points, there).cholesky()
    let whitened = lower.triangularSolve(costs.reshaped([trials, 1]), upper: false)
    let fit = squared(whitened).sum() / 2 + log(lower.diagonal()).sum()
    let prior = squared((values - Self.usual) / Self.spread) / 2
    return fit + prior.sum()
  }

  static var usual: Tensor {
    Tensor([Double](repeating: -0.7, count: width) + [0, -11.5], .f64)
  }
  static var spread: Tensor { Tensor([Double](repeating: 1, count: width) + [2, 2], .f64) }
}

/// Finds the likeliest hyperparameters with steps of Adam.
func learned(_ points: Tensor, _ costs: Tensor, _ there: Tensor) -> Hyperparameters {
  let start = Hyperparameters.usual
  let nothing = zeros(like: start)
  let result = scan([start, nothing, nothing], steps: steps) { step in
    let (values, mean, square) = (step.carries[0], step.carries[1], step.carries[2])
    let loss = Hyperparameters(values: values).loss(points, costs, there)
    let slope = gradient(of: loss, by: [values])[0]
    let count = step.index.cast(to: .f64) + 1
    let m = mean * 0.9 + slope * 0.1
    let v = square * 0.99 + squared(slope) * 0.01
    let unbiased = m / (1 - pow(0.9, count))
    let size = sqrt(v / (1 - pow(0.99, count))) + 1e-8
    return ([values - unbiased / size * 0.1, m, v], [])
  }
  return Hyperparameters(values: result.carries[0])
}

let model = Model("search")

model.infer(
  Input("points", [trials, width], .f64), Input("costs", [trials], .f64),
  Input("there", [trials], .f64), Input("candidates", [candidates, width], .f64),
  Input("noise", [candidates, width], .f64)
) { points, costs, there, candidates, noise in
  let process = learned(points, costs, there)
  let lower = process.matrix(points, there).cholesky()
  let whitened = lower.triangularSolve(costs.reshaped([trials, 1]), upper: false)
  let least = select(there .> 0, costs, 1e9).min()

  /// The expected cost at points, and the improvement on the least one that is expected.
  func expectation(_ at: Tensor) -> (mean: Tensor, improvement: Tensor) {
    let pairs =
      covariance(points, at, process.scales) * process.variance * there.reshaped([trials, 1])
    let parts = lower.triangularSolve(pairs, upper: false)
    let mean = (parts * whitened).sum(axes: [0])
    let variance = process.variance - squared(parts).sum(axes: [0])
    let deviation = sqrt(maximum(variance, 1e-12))
    let gap = (least - mean) / deviation
    let below = (1 + erf(gap / 2.0.squareRoot())) / 2
    let density = exp(squared(gap) / -2) / (2 * Double.pi).squareRoot()
    return (mean, deviation * (gap * below + density))
  }

  // From the best candidate on, the surroundings of the best point are searched ever more finely.
  let first = expectation(candidates)
  var best = candidates.gather(first.improvement.argmax(), axis: 0)
  for round in 0..<rounds {
    let around = clamp(best + noise * (0.1 / Double(1 << round)), 0...1)
    let tried = concatenate([best.reshaped([1, width]), around], axis: 0)
    best = tried.gather(expectation(tried).improvement.argmax(), axis: 0)
  }
  return [
    "next": best, "mean": expectation(best.reshaped([1, width])).mean[0],
    "improvement": first.improvement, "scales": process.scales, "noise_variance": process.noise,
  ]
}
