internal import GraphIR
internal import LoopIR

// Stirling's series, for arguments that are moved up to 8 or beyond; there its first eight terms are
// exact in f64. Gradients of it are digamma and trigamma, exact as well.

/// The logarithm of the gamma function of positive numbers.
func logGamma(_ x: Tensor) -> Tensor {
  applying("log_gamma", to: x) { x in
    let isSmall = x .< 8
    let low = select(isSmall, x, x.filled(1))
    let product = (1..<8).reduce(low) { $0 * (low + Double($1)) }
    let z = select(isSmall, x + 8, x)
    let series = stirling(1 / (z * z)) { 1 / Double(2 * $0 * (2 * $0 - 1)) } / z
    let main: Tensor = (z - 0.5) * log(z) - z
    let value: Tensor = main + halfLogTwoPi + series
    return value - select(isSmall, log(product), x.filled(0))
  }
}

/// The slope of `logGamma` for positive numbers.
func digamma(_ x: Tensor) -> Tensor {
  applying("digamma", to: x) { x in
    let isSmall = x .< 8
    let low = select(isSmall, x, x.filled(1))
    let steps = (0..<8).reduce(x.filled(0)) { $0 + 1 / (low + Double($1)) }
    let z = select(isSmall, x + 8, x)
    let inverse = 1 / (z * z)
    let series = stirling(inverse) { 1 / Double(2 * $0) } * inverse
    let value: Tensor = log(z) - 0.5 / z - series
    return value - select(isSmall, steps, x.filled(0))
  }
}

/// The logarithm of the beta function of positive numbers.
func logBeta(_ a: Tensor, _ b: Tensor) -> Tensor { logGamma(a) + logGamma(b) - logGamma(a + b) }

// Bernoulli's numbers times what belongs to their place, as a polynomial.
private func stirling(_ x: Tensor, _ factor: (Int) -> Double) -> Tensor {
  let bernoulli: [(Double, Double)] = [
    (1, 6), (-1, 30), (1, 42), (-1, 30), (5, 66), (-691, 2730), (7, 6), (-3617, 510),
  ]
  let terms = bernoulli.enumerated().map { $1.0 / $1.1 * factor($0 + 1) }
  return terms.dropLast().reversed().reduce(x.filled(terms[terms.count - 1])) { $0 * x + $1 }
}
