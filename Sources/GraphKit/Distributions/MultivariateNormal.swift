public import TensorLibrary
internal import LoopIR

/// Normal distributions of vectors, which lie along the last axis.
public struct MultivariateNormal: Distribution {
  /// The means.
  public let mean: Tensor
  /// Lower triangles whose products with their transposes are the covariances.
  public let scale: Tensor

  /// Distributions with given means, and lower triangles `l` with the covariance `l lᵀ`.
  public init(mean: Tensor, lowerTriangle: Tensor) {
    self.mean = mean
    scale = lowerTriangle
  }

  /// Distributions with given means and covariances.
  public init(mean: Tensor, covariance: Tensor) {
    self.init(mean: mean, lowerTriangle: covariance.cholesky())
  }

  private var size: Double { Double(mean.shape[-1]) }

  // Half the logarithm of the determinant of the covariance.
  private var logScale: Tensor { log(scale.diagonal()).sum(axes: [-1]) }

  // The square of the length of a vector in units of the distribution.
  private func square(_ x: Tensor) -> Tensor {
    let units = scale.triangularSolve(x.expanded(at: -1), upper: false)
    return (units * units).sum(axes: [-2, -1])
  }

  /// Random vectors; gradients flow to means and covariances.
  public func sample() -> Tensor {
    guard mean.value != nil, scale.value != nil else { return mean }
    let turned = scale.matmul(randomNormal(like: mean).expanded(at: -1))
    return turned.value == nil ? turned : mean + turned.squeezed(-1)
  }

  /// The logarithm of the density of a vector.
  public func logProbability(_ x: Tensor) -> Tensor {
    square(x - mean) * -0.5 - logScale - size * halfLogTwoPi
  }

  /// The entropy.
  public var entropy: Tensor { logScale + size * (halfLogTwoPi + 0.5) }

  /// The Kullback-Leibler divergence of `self` from `other`.
  public func divergence(from other: MultivariateNormal) -> Tensor {
    let ratio = other.scale.triangularSolve(scale, upper: false)
    let spread = (ratio * ratio).sum(axes: [-2, -1])
    let distance = other.square(mean - other.mean)
    return (spread + distance - size) * 0.5 + other.logScale - logScale
  }
}
