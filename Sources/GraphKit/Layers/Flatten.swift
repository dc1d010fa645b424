public import TensorLibrary

/// Joins all axes from `start` on; by default all except the axis of the examples.
public struct Flatten: Layer, LibraryLayer {
  let site = Session.current.here()
  private let start: Int

  /// Joins the axes from `start` on.
  public init(from start: Int = 1) { self.start = start }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("flatten", to: x) { $0.flattened(from: start) }
  }
}
