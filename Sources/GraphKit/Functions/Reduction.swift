internal import TensorLibrary

/// How a loss combines the losses of its examples.
public enum Reduction: Sendable {
  /// The mean, weighted if the examples have weights.
  case mean
  /// The sum.
  case sum
  /// One number for each example.
  case none

  /// Returns the numbers joined.
  func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .mean: x.mean()
    case .sum: x.sum()
    case .none: x
    }
  }
}
