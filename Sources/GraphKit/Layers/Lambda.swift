public import TensorLibrary

/// A function as a layer.
///
///     Lambda { x in x.transposed([0, 2, 1]) }
public struct Lambda: Layer {
  private let body: (Tensor) -> Tensor

  /// A layer that applies `body`.
  public init(_ body: @escaping (Tensor) -> Tensor) { self.body = body }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { body(x) }
}
