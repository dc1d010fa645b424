public import TensorLibrary
public import LoopIR

// Distributions whose numbers are functions of uniform or normal ones. Gradients flow to parameters
// that are tensors: the usual reparameterization.

/// Random numbers with a normal distribution.
///
/// They are computed by the inverse of the distribution from 23 random bits: none is more than 5.3
/// deviations from the mean.
public func randomNormal(
  _ shape: Shape, mean: Double = 0, deviation: Double = 1, _ element: ElementType = .f32
) -> Tensor {
  let standard = erfinv(randomUnit(shape, element) * 2 - 1) * (deviation * 2.0.squareRoot())
  return mean == 0 ? standard : standard + mean
}

/// Random numbers with a normal distribution, as many as `x` has elements.
public func randomNormal(like x: Tensor) -> Tensor {
  x.value == nil ? x : randomNormal(x.shape, x.elementType)
}

/// Random numbers with normal distributions of given means and deviations.
public func randomNormal(mean: Tensor, deviation: Tensor) -> Tensor {
  sample("randomNormal", mean, deviation) { $0 + $1 * randomNormal(like: $0) }
}

/// Random numbers with a normal distribution truncated at two bounds.
public func randomTruncatedNormal(
  _ shape: Shape, _ range: ClosedRange<Double>, mean: Double = 0, deviation: Double = 1,
  _ element: ElementType = .f32
) -> Tensor {
  let deviation = Check.aboveZero(deviation, "deviation", of: "randomTruncatedNormal")
  func edge(_ bound: Double) -> Double {
    errorFunction((bound - mean) / deviation / 2.0.squareRoot())
  }
  let u = randomUniform(shape, edge(range.lowerBound)...edge(range.upperBound), element)
  let x = erfinv(u) * (deviation * 2.0.squareRoot()) + mean
  // Rounding must not leave the range.
  return minimum(maximum(x, range.lowerBound), range.upperBound)
}

/// Random numbers whose logarithms have a normal distribution.
public func randomLogNormal(mean: Tensor, deviation: Tensor) -> Tensor {
  exp(randomNormal(mean: mean, deviation: deviation))
}

/// Random numbers whose logarithms have a normal distribution.
public func randomLogNormal(
  _ shape: Shape, mean: Double = 0, deviation: Double = 1, _ element: ElementType = .f32
) -> Tensor {
  exp(randomNormal(shape, mean: mean, deviation: deviation, element))
}

/// Random waiting times for events of given rates.
public func randomExponential(rate: Tensor) -> Tensor {
  sample("randomExponential", rate) { -log(randomUnit(like: $0)) / $0 }
}

/// Random waiting times for events of a rate.
public func randomExponential(
  _ shape: Shape, rate: Double = 1, _ element: ElementType = .f32
) -> Tensor {
  let rate = Check.aboveZero(rate, "rate", of: "randomExponential")
  return log(randomUnit(shape, element)) * (-1 / rate)
}

/// Random numbers with Laplace distributions, two exponential ones back to back.
public func randomLaplace(location: Tensor, scale: Tensor) -> Tensor {
  sample("randomLaplace", location, scale) { location, scale in
    let u = randomUnit(like: location) - 0.5
    return location - scale * sign(u) * log1p(abs(u) * -2)
  }
}

/// Random numbers with a Laplace distribution.
public func randomLaplace(
  _ shape: Shape, location: Double = 0, scale: Double = 1, _ element: ElementType = .f32
) -> Tensor {
  randomLaplace(location: full(shape, location, element), scale: full(shape, scale, element))
}

/// Random numbers with Cauchy distributions, the tangents of random angles.
public func randomCauchy(location: Tensor, scale: Tensor) -> Tensor {
  sample("randomCauchy", location, scale) { location, scale in
    let angle = (randomUnit(like: location) - 0.5) * Double.pi
    return location + scale * sin(angle) / cos(angle)
  }
}

/// Random numbers with a Cauchy distribution.
public func randomCauchy(
  _ shape: Shape, location: Double = 0, scale: Double = 1, _ element: ElementType = .f32
) -> Tensor {
  randomCauchy(location: full(shape, location, element), scale: full(shape, scale, element))
}

/// Random numbers with Gumbel distributions, those of the largest of many.
public func randomGumbel(location: Tensor, scale: Tensor) -> Tensor {
  sample("randomGumbel", location, scale) { $0 - $1 * log(-log(randomUnit(like: $0))) }
}

/// Random numbers with a Gumbel distribution.
public func randomGumbel(
  _ shape: Shape, location: Double = 0, scale: Double = 1, _ element: ElementType = .f32
) -> Tensor {
  randomGumbel(location: full(shape, location, element), scale: full(shape, scale, element))
}

/// Random numbers with logistic distributions, whose share below a number is a sigmoid.
public func randomLogistic(location: Tensor, scale: Tensor) -> Tensor {
  sample("randomLogistic", location, scale) { location, scale in
    let u = randomUnit(like: location)
    return location + scale * (log(u) - log1p(-u))
  }
}

/// Random numbers with a logistic distribution.
public func randomLogistic(
  _ shape: Shape, location: Double = 0, scale: Double = 1, _ element: ElementType = .f32
) -> Tensor {
  randomLogistic(location: full(shape, location, element), scale: full(shape, scale, element))
}
