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

// Means of 1, 2, 4 and 16 uniform numbers, scaled to variance 1: their histograms from -4 to 4, in
// blue, approach the normal density, a red curve, and their excess of kurtosis is -1.2 / n.
let (trials, bins) = (200_000, 64)
let (height, width) = (240, 384)

model.function("limit") {
  let x = (range(width, .f32) + 0.5) / 48 - 4
  let y = (Double(height - 8) - range(height, .f32)).expanded(at: 1)  // pixels above the axis
  let curve = exp(-x * x / 2) * (500 / 2.5066283)  // a density of 1 is 500 pixels high
  // The distance from the curve: the vertical one, less where the curve is steep.
  let slope = x * curve / 48
  let isCurve = abs(y - curve) .< 1.5 * sqrt(1 + slope * slope)
  let isAxis = (y .== 0) .|| ((y .< 0) .&& (range(width) % 48 .== 0))
  let (white, blue) = (ones([3, 1, 1]), Tensor([0.55, 0.7, 0.92]).reshaped([3, 1, 1]))
  let red = Tensor([0.8, 0.1, 0.1]).reshaped([3, 1, 1])
  var pictures: [Tensor] = []
  var excess: [Tensor] = []
  for n in [1, 2, 4, 16] {
    let mean = randomUniform([trials, n]).mean(axis: 1)
    let z = (mean - 0.5) * sqrt(Tensor(12 * Double(n)))
    excess.append(pow(z, 4).mean() - 3)
    let count = z.histogram(bins: bins, in: -4...4).cast(to: .f32)
    let density = count * (Double(bins) / 8 / Double(trials))
    let bar = (density * 500).repeatedEach(width / bins)
    let bars = select((y .> 0) .&& (y .<= bar), blue, white)
    pictures.append(select(isAxis, 0, select(isCurve, red, bars)))
  }
  return ["excess": stack(excess), "picture": stack(pictures)]
}
