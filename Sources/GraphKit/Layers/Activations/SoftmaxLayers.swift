public import TensorLibrary

// The functions of Functions/Softmax.swift, for a `Sequential`.

/// The layer of `softmax`.
public struct Softmax: Layer, LibraryLayer {
  let site = Session.current.here()
  private let axis: Int

  /// The function along an axis, the last by default.
  public init(axis: Int = -1) { self.axis = axis }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { softmax(x, axis: axis) }
}

/// The layer of `logSoftmax`.
public struct LogSoftmax: Layer, LibraryLayer {
  let site = Session.current.here()
  private let axis: Int

  /// The function along an axis, the last by default.
  public init(axis: Int = -1) { self.axis = axis }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { logSoftmax(x, axis: axis) }
}

/// The layer of `softmin`.
public struct Softmin: Layer, LibraryLayer {
  let site = Session.current.here()
  private let axis: Int

  /// The function along an axis, the last by default.
  public init(axis: Int = -1) { self.axis = axis }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { softmin(x, axis: axis) }
}

/// `softmax` over the channels of images `[n, c, y, x]`.
public struct Softmax2D: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { softmax(x, axis: -3) }
}
