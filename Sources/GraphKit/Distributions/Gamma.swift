public import TensorLibrary
internal import LoopIR

/// Gamma distributions.
public struct Gamma: Distribution {
  /// The shapes, PyTorch's `concentration`, above 0.
  public let shape: Tensor
  /// The rates, above 0.
  public let rate: Tensor

  /// Distributions with given shapes and rates.
  public init(shape: Tensor, rate: Tensor) {
    self.shape = shape
    self.rate = rate
  }

  /// Random numbers; gradients flow to rates, not to shapes.
  public func sample() -> Tensor { randomGamma(shape: shape, rate: rate) }

  /// The logarithm of the density of a number above 0.
  public func logProbability(_ x: Tensor) -> Tensor {
    shape * log(rate) + (shape - 1) * log(x) - rate * x - lgamma(shape)
  }

  /// The entropy.
  public var entropy: Tensor {
    shape - log(rate) + lgamma(shape) + (1 - shape) * digamma(shape)
  }

  /// The Kullback-Leibler divergence of `self` from `other`.
  public func divergence(from other: Gamma) -> Tensor {
    let byShape =
      (shape - other.shape) * digamma(shape) - lgamma(shape) + lgamma(other.shape)
    let byRate = other.shape * (log(rate) - log(other.rate)) + shape * (other.rate / rate - 1)
    return byShape + byRate
  }
}
