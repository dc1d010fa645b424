public import TensorLibrary
internal import LoopIR

/// Normal distributions.
public struct Normal: Distribution {
  /// The means.
  public let mean: Tensor
  /// The standard deviations, above 0.
  public let deviation: Tensor

  /// Distributions with given means and standard deviations.
  public init(mean: Tensor, deviation: Tensor) {
    self.mean = mean
    self.deviation = deviation
  }

  /// Random numbers; gradients flow to means and deviations.
  public func sample() -> Tensor { randomNormal(mean: mean, deviation: deviation) }

  /// The logarithm of the density.
  public func logProbability(_ x: Tensor) -> Tensor {
    let distance = (x - mean) / deviation
    return distance * distance * -0.5 - log(deviation) - halfLogTwoPi
  }

  /// The entropy.
  public var entropy: Tensor { (mean * 0 + log(deviation)) + (halfLogTwoPi + 0.5) }

  /// The Kullback-Leibler divergence of `self` from `other`.
  public func divergence(from other: Normal) -> Tensor {
    let ratio = deviation / other.deviation
    let distance = (mean - other.mean) / other.deviation
    return (ratio * ratio + distance * distance - 1) * 0.5 - log(ratio)
  }
}

/// Half the logarithm of 2 pi.
let halfLogTwoPi = 0.918938533204672741780
