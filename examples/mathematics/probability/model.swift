// Probability of a first unit: the binomial, Poisson and normal distributions, samples beside their
// expectations, and the central limit theorem as a picture.

import GraphKit

let model = Model("probability")

/// n! = exp(lgamma(n + 1)).
func logFactorial(_ n: Tensor) -> Tensor { lgamma(n + 1) }

func binomial(_ k: Tensor, count n: Tensor, _ p: Double) -> Tensor {
  let ways = logFactorial(n) - logFactorial(k) - logFactorial(n - k)
  return exp(ways + k * log(Tensor(p)) + (n - k) * log(Tensor(1 - p)))
}

func poisson(_ k: Tensor, rate: Double) -> Tensor {
  exp(k * log(Tensor(rate)) - rate - logFactorial(k))
}

model.infer {
  let k = range(11, .f32)
  return [
    "binomial": binomial(k, count: Tensor(10), 0.5),  // heads of ten coins
    "poisson": poisson(k, rate: 3),
    // The binomial of many rare events comes near it.
    "rare": binomial(k, count: Tensor(1000), 0.003),
    // Within one, two and three deviations.
    "normal": erf(Tensor([1, 2, 3]) / sqrt(Tensor(2))),
  ]
}

// 100,000 draws: how many standard errors their mean is from the expectation, n p, the rate, 0.
model.sample {
  let count = 100_000
  let shape: Shape = [count]
  let draws = [
    (randomBinomial(10, probability: full(shape, 0.5)), 5.0, 2.5),
    (randomPoisson(rate: full(shape, 3)), 3, 3),
    (randomNormal(shape), 0, 1),
  ]
  let errors = draws.map { draw, mean, variance in
    (draw.cast(to: .f32).mean() - mean) / sqrt(Tensor(variance / Double(count)))
  }
  return ["errors": stack(errors)]
}

// Means of 1, 2, 4 and 16 uniform numbers, scaled to variance 1: their histograms approach the
// normal density, drawn in grey, and their excess of kurtosis is -1.2 / n.
let (trials, bins, height) = (200_000, 72, 72)

model.function("limit") {
  let edges = (range(bins, .f32) + 0.5) / Double(bins) * 8 - 4
  let density = exp(-edges * edges / 2) / 2.5066283
  let heights = 1 - (range(height, .f32) + 0.5) / Double(height)
  var pictures: [Tensor] = []
  var excess: [Tensor] = []
  for n in [1, 2, 4, 16] {
    let mean = randomUniform([trials, n]).mean(axis: 1)
    let z = (mean - 0.5) * sqrt(Tensor(12 * Double(n)))
    excess.append(pow(z, 4).mean() - 3)
    let share = z.histogram(bins: bins, in: -4...4).cast(to: .f32) * (9.0 / Double(trials))
    let (bar, curve) = (share * 2, density * 2)
    let y = heights.expanded(at: 1)
    let white = ones([height, bins])
    let grey = select(y .< curve, white * 0.8, white)
    pictures.append(select(abs(y - bar) .< 0.012, zeros([height, bins]), grey))
  }
  return ["excess": stack(excess), "picture": stack(pictures)]
}
