internal import TensorLibrary

/// What a loss does with the numbers of its examples.
public enum Reduction: Sendable {
  /// The mean, over the weights of the examples if they have some.
  case mean
  /// The sum.
  case sum
  /// Nothing: one number for each.
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
