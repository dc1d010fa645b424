public import TensorLibrary
internal import LoopIR

/// Distributions of 1 and 0.
public struct Bernoulli: Distribution {
  /// The logarithms of the odds of 1.
  public let logits: Tensor

  /// Distributions with given logarithms of odds.
  public init(logits: Tensor) { self.logits = logits }

  /// Distributions with given probabilities of 1, between 0 and 1.
  public init(probability: Tensor) { logits = log(probability) - log1p(-probability) }

  /// The probability of 1.
  public var probability: Tensor { sigmoid(logits) }

  /// 1 or 0; no gradient flows.
  public func sample() -> Tensor { randomBernoulli(probability) }

  /// The logarithm of the probability of 1 or 0.
  public func logProbability(_ x: Tensor) -> Tensor { x * logits - softplus(logits) }

  /// The entropy.
  public var entropy: Tensor { softplus(logits) - probability * logits }

  /// The Kullback-Leibler divergence of `self` from `other`.
  public func divergence(from other: Bernoulli) -> Tensor {
    probability * (logits - other.logits) + softplus(other.logits) - softplus(logits)
  }
}
