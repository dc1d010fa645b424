public import TensorLibrary
internal import LoopIR

/// Dirichlet distributions: non-negative numbers along the last axis whose sum is 1.
public struct Dirichlet: Distribution {
  /// The weights of the shares, above 0.
  public let concentration: Tensor

  /// Distributions with given weights.
  public init(_ concentration: Tensor) { self.concentration = concentration }

  /// Random shares; no gradient flows.
  public func sample() -> Tensor { randomDirichlet(concentration) }

  private var total: Tensor { concentration.sum(axes: [-1]) }

  // The logarithm of the integral over all shares.
  private var logVolume: Tensor { lgamma(concentration).sum(axes: [-1]) - lgamma(total) }

  /// The logarithm of the density of shares.
  public func logProbability(_ x: Tensor) -> Tensor {
    ((concentration - 1) * log(x)).sum(axes: [-1]) - logVolume
  }

  /// The entropy.
  public var entropy: Tensor {
    let count = Double(concentration.shape[-1])
    let slopes = ((concentration - 1) * digamma(concentration)).sum(axes: [-1])
    return logVolume + (total - count) * digamma(total) - slopes
  }

  /// The Kullback-Leibler divergence of `self` from `other`.
  public func divergence(from other: Dirichlet) -> Tensor {
    let slopes = digamma(concentration) - digamma(total).expanded(at: -1)
    let byWeights = ((concentration - other.concentration) * slopes).sum(axes: [-1])
    return other.logVolume - logVolume + byWeights
  }
}
