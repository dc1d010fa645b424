public import TensorLibrary
internal import LoopIR

/// Beta distributions of numbers between 0 and 1.
public struct Beta: Distribution {
  /// The weights of 1, above 0.
  public let alpha: Tensor
  /// The weights of 0, above 0.
  public let beta: Tensor

  /// Distributions with given weights.
  public init(_ alpha: Tensor, _ beta: Tensor) {
    self.alpha = alpha
    self.beta = beta
  }

  /// Random numbers; no gradient flows.
  public func sample() -> Tensor { randomBeta(alpha, beta) }

  /// The logarithm of the density of a number between 0 and 1.
  public func logProbability(_ x: Tensor) -> Tensor {
    (alpha - 1) * log(x) + (beta - 1) * log1p(-x) - logBeta(alpha, beta)
  }

  /// The entropy.
  public var entropy: Tensor {
    let total = alpha + beta
    return logBeta(alpha, beta) - (alpha - 1) * digamma(alpha) - (beta - 1) * digamma(beta)
      + (total - 2) * digamma(total)
  }

  /// The Kullback-Leibler divergence of `self` from `other`.
  public func divergence(from other: Beta) -> Tensor {
    let (a, b) = (alpha - other.alpha, beta - other.beta)
    let slopes = a * digamma(alpha) + b * digamma(beta) - (a + b) * digamma(alpha + beta)
    return logBeta(other.alpha, other.beta) - logBeta(alpha, beta) + slopes
  }
}

// The logarithm of the beta function.
private func logBeta(_ a: Tensor, _ b: Tensor) -> Tensor { lgamma(a) + lgamma(b) - lgamma(a + b) }
