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

  /// The entropy; impossible classes add nothing.
  public var entropy: Tensor { -mean(of: logProbabilities) }

  /// The Kullback-Leibler divergence of `self` from `other`.
  public func divergence(from other: Categorical) -> Tensor {
    mean(of: logProbabilities - other.logProbabilities)
  }

  // The mean of logarithms over the classes that are possible: 0 log 0 is 0.
  private func mean(of logarithms: Tensor) -> Tensor {
    let shares = probabilities
    return (shares * select(shares .> 0, logarithms, logarithms.filled(0))).sum(axes: [-1])
  }
}
