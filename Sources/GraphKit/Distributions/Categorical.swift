public import TensorLibrary
internal import LoopIR

/// Distributions of classes, which are numbered along the last axis.
public struct Categorical: Distribution {
  /// The logarithms of the probabilities.
  public let logProbabilities: Tensor

  /// Distributions with given logits.
  public init(logits: Tensor) { logProbabilities = logSoftmax(logits) }

  /// Distributions with given probabilities above 0, which need not add up to 1.
  public init(probabilities: Tensor) {
    logProbabilities = log(probabilities / probabilities.sum(axes: [-1], keep: true))
  }

  /// The probabilities.
  public var probabilities: Tensor { exp(logProbabilities) }

  /// Classes, as `i32`; no gradient flows.
  public func sample() -> Tensor { randomCategorical(logits: logProbabilities) }

  /// The logarithm of the probability of a class, an integer.
  public func logProbability(_ classes: Tensor) -> Tensor {
    let hot = classes.oneHot(logProbabilities.shape[-1])
    let all = logProbabilities
    return select(hot, all, all.filled(0)).sum(axes: [-1])
  }

  /// The entropy.
  public var entropy: Tensor { -(probabilities * logProbabilities).sum(axes: [-1]) }

  /// The Kullback-Leibler divergence of `self` from `other`.
  public func divergence(from other: Categorical) -> Tensor {
    (probabilities * (logProbabilities - other.logProbabilities)).sum(axes: [-1])
  }
}
