public import TensorLibrary

/// A family of random quantities, one for each position of its parameters' shape.
///
/// Parameters are tensors that are broadcast to one shape. A family over vectors has them in the
/// last axis, which log-probabilities and entropies do not have. Compare `torch.distributions`.
public protocol Distribution {
  /// Random quantities, one for each position; every call draws new ones.
  func sample() -> Tensor

  /// The logarithm of the density, or of the probability, of a quantity.
  func logProbability(_ x: Tensor) -> Tensor

  /// The entropy in natural units.
  var entropy: Tensor { get }
}
