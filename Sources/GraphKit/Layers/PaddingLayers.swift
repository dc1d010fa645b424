public import TensorLibrary

// Padding of images `[n, c, y, x]`, or with one or three axes in place of `y, x`. The amount is one
// number, one for each axis, or `.sides(before:after:)`.

/// Adds zeros around an image.
public struct ZeroPad<Kind: Space>: Layer, LibraryLayer {
  let site = Session.current.here()
  private let padding: Padding

  /// A layer that adds the given amounts at each side.
  public init(_ padding: some PaddingAmount) {
    self.padding = padding.checked(of: Kind.title("ZeroPad"), axes: Kind.axes)
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    padded(x, padding, .zeros, Kind.axes, of: Kind.title("ZeroPad"))
  }
}

/// `ZeroPad` for lines.
public typealias ZeroPad1D = ZeroPad<Space1D>

/// `ZeroPad` for images.
public typealias ZeroPad2D = ZeroPad<Space2D>

/// `ZeroPad` for volumes.
public typealias ZeroPad3D = ZeroPad<Space3D>

/// Adds one value around an image.
public struct ConstantPad<Kind: Space>: Layer, LibraryLayer {
  let site = Session.current.here()
  private let padding: Padding
  private let value: Double

  /// A layer that adds the given amounts at each side.
  public init(_ padding: some PaddingAmount, value: Double) {
    self.padding = padding.checked(of: Kind.title("ConstantPad"), axes: Kind.axes)
    self.value = value
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    padded(x, padding, .constant(value), Kind.axes, of: Kind.title("ConstantPad"))
  }
}

/// `ConstantPad` for lines.
public typealias ConstantPad1D = ConstantPad<Space1D>

/// `ConstantPad` for images.
public typealias ConstantPad2D = ConstantPad<Space2D>

/// `ConstantPad` for volumes.
public typealias ConstantPad3D = ConstantPad<Space3D>

/// Pads an image with its mirror image, without repeating the elements at its ends.
public struct ReflectionPad<Kind: Space>: Layer, LibraryLayer {
  let site = Session.current.here()
  private let padding: Padding

  /// A layer that adds the given amounts at each side.
  public init(_ padding: some PaddingAmount) {
    self.padding = padding.checked(of: Kind.title("ReflectionPad"), axes: Kind.axes)
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    padded(x, padding, .reflect, Kind.axes, of: Kind.title("ReflectionPad"))
  }
}

/// `ReflectionPad` for lines.
public typealias ReflectionPad1D = ReflectionPad<Space1D>

/// `ReflectionPad` for images.
public typealias ReflectionPad2D = ReflectionPad<Space2D>

/// `ReflectionPad` for volumes.
public typealias ReflectionPad3D = ReflectionPad<Space3D>

/// Pads an image by repeating the elements at its ends.
public struct ReplicationPad<Kind: Space>: Layer, LibraryLayer {
  let site = Session.current.here()
  private let padding: Padding

  /// A layer that adds the given amounts at each side.
  public init(_ padding: some PaddingAmount) {
    self.padding = padding.checked(of: Kind.title("ReplicationPad"), axes: Kind.axes)
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    padded(x, padding, .replicate, Kind.axes, of: Kind.title("ReplicationPad"))
  }
}

/// `ReplicationPad` for lines.
public typealias ReplicationPad1D = ReplicationPad<Space1D>

/// `ReplicationPad` for images.
public typealias ReplicationPad2D = ReplicationPad<Space2D>

/// `ReplicationPad` for volumes.
public typealias ReplicationPad3D = ReplicationPad<Space3D>

/// Pads an image with the elements from its other end.
public struct CircularPad<Kind: Space>: Layer, LibraryLayer {
  let site = Session.current.here()
  private let padding: Padding

  /// A layer that adds the given amounts at each side.
  public init(_ padding: some PaddingAmount) {
    self.padding = padding.checked(of: Kind.title("CircularPad"), axes: Kind.axes)
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    padded(x, padding, .circular, Kind.axes, of: Kind.title("CircularPad"))
  }
}

/// `CircularPad` for lines.
public typealias CircularPad1D = CircularPad<Space1D>

/// `CircularPad` for images.
public typealias CircularPad2D = CircularPad<Space2D>

/// `CircularPad` for volumes.
public typealias CircularPad3D = CircularPad<Space3D>

private func padded(
  _ x: Tensor, _ padding: Padding, _ mode: PaddingMode, _ axes: Int, of owner: String
) -> Tensor {
  applying("pad", to: x) { x in
    x.imagePadded(padding.amounts(Array(repeating: 1, count: axes)), mode: mode, of: owner)
  }
}
