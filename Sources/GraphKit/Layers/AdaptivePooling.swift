public import TensorLibrary
internal import LoopIR

/// Means of windows chosen so that the result has a given size, for images of any size.
public struct AdaptiveAvgPool<Kind: Space>: Layer, LibraryLayer {
  let site = Session.current.here()
  private let size: [Int]

  /// A layer whose result has the given size.
  public init(_ size: some Extents) {
    self.size = size.checked(
      "size", of: Kind.title("AdaptiveAvgPool"), axes: Kind.axes, least: 1)
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("adaptive_avg_pool\(Kind.axes)d", to: x) { x in
      guard x.isImage(Kind.axes, of: Kind.title("AdaptiveAvgPool")) else {
        return x.builder.poison()
      }
      if let window = x.evenWindow(size) {
        let count = window.reduce(1, *)
        if count == 1 { return x }
        return x.pooled(.sum, window: window, stride: window) / Double(count)
      }
      return size.enumerated().reduce(x) { $0.averaged(2 + $1.offset, to: $1.element) }
    }
  }
}

/// Means of lines `[n, c, x]`.
public typealias AdaptiveAvgPool1D = AdaptiveAvgPool<Space1D>

/// Means of images `[n, c, y, x]`.
public typealias AdaptiveAvgPool2D = AdaptiveAvgPool<Space2D>

/// Means of volumes `[n, c, z, y, x]`.
public typealias AdaptiveAvgPool3D = AdaptiveAvgPool<Space3D>

/// The largest values of windows chosen so that the result has a given size, for images of any
/// size.
public struct AdaptiveMaxPool<Kind: Space>: Layer, LibraryLayer {
  let site = Session.current.here()
  private let size: [Int]

  /// A layer whose result has the given size.
  public init(_ size: some Extents) {
    self.size = size.checked(
      "size", of: Kind.title("AdaptiveMaxPool"), axes: Kind.axes, least: 1)
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("adaptive_max_pool\(Kind.axes)d", to: x) { x in
      guard x.isImage(Kind.axes, of: Kind.title("AdaptiveMaxPool")) else {
        return x.builder.poison()
      }
      if let window = x.evenWindow(size) {
        if window.allSatisfy({ $0 == 1 }) { return x }
        return x.pooled(.maximum, window: window, stride: window)
      }
      return size.enumerated().reduce(x) { x, entry in
        let (axis, count) = (2 + entry.offset, entry.element)
        if x.shape[axis] == count { return x }
        return Self.largest(x, axis, count)
      }
    }
  }

  // Windows of unequal sizes are gathered; the shorter have their last element twice.
  private static func largest(_ x: Tensor, _ axis: Int, _ count: Int) -> Tensor {
    let extent = x.shape[axis]
    let windows = (0..<count).map { i in
      (i * extent / count)..<(((i + 1) * extent + count - 1) / count)
    }
    let longest = windows.map(\.count).max() ?? 1
    let positions = windows.flatMap { window in
      (0..<longest).map { Double(min(window.lowerBound + $0, window.upperBound - 1)) }
    }
    let table = Tensor(values: positions, shape: [count, longest], .i32)
    return x.gather(table, axis: axis).max(axes: [axis + 1])
  }
}

/// Largest values of lines `[n, c, x]`.
public typealias AdaptiveMaxPool1D = AdaptiveMaxPool<Space1D>

/// Largest values of images `[n, c, y, x]`.
public typealias AdaptiveMaxPool2D = AdaptiveMaxPool<Space2D>

/// Largest values of volumes `[n, c, z, y, x]`.
public typealias AdaptiveMaxPool3D = AdaptiveMaxPool<Space3D>

/// The mean of each channel of images `[n, c, y, x]`, or with one or three axes in place of `y, x`,
/// as `[n, c]`.
public struct GlobalAvgPooling<Kind: Space>: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("global_avg_pool", to: x) { x in
      let owner = Kind.axes == 2 ? "GlobalAvgPool" : Kind.title("GlobalAvgPool")
      guard x.isImage(Kind.axes, of: owner) else { return x.builder.poison() }
      return x.mean(axes: Array(2..<x.rank))
    }
  }
}

/// The mean of each channel of lines `[n, c, x]`.
public typealias GlobalAvgPool1D = GlobalAvgPooling<Space1D>

/// The mean of each channel of images `[n, c, y, x]`.
public typealias GlobalAvgPool = GlobalAvgPooling<Space2D>

/// The mean of each channel of volumes `[n, c, z, y, x]`.
public typealias GlobalAvgPool3D = GlobalAvgPooling<Space3D>

/// The largest value of each channel of images `[n, c, y, x]`, or with one or three axes in place
/// of `y, x`, as `[n, c]`.
public struct GlobalMaxPooling<Kind: Space>: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("global_max_pool", to: x) { x in
      let owner = Kind.axes == 2 ? "GlobalMaxPool" : Kind.title("GlobalMaxPool")
      guard x.isImage(Kind.axes, of: owner) else { return x.builder.poison() }
      return x.max(axes: Array(2..<x.rank))
    }
  }
}

/// The largest value of each channel of lines `[n, c, x]`.
public typealias GlobalMaxPool1D = GlobalMaxPooling<Space1D>

/// The largest value of each channel of images `[n, c, y, x]`.
public typealias GlobalMaxPool = GlobalMaxPooling<Space2D>

/// The largest value of each channel of volumes `[n, c, z, y, x]`.
public typealias GlobalMaxPool3D = GlobalMaxPooling<Space3D>

/// Values put back where `MaxPool.withPositions` found them, in images of a given size with zeros
/// elsewhere. A place that several windows chose gets the sum.
public func maxUnpool(_ values: Tensor, at positions: Tensor, to size: [Int]) -> Tensor {
  applying("max_unpool", to: values) { values in
    guard positions.value != nil else { return positions }
    let sound = Check.shape(Shape(size), of: "maxUnpool").dims
    guard values.rank == sound.count + 2, positions.shape == values.shape,
      positions.elementType.isInteger
    else {
      let rule = "values and their positions, with \(sound.count + 2) axes"
      Session.current.report(.operands("maxUnpool", rule, values.type, positions.type))
      return values.builder.poison()
    }
    let channels = values.shape[0] * values.shape[1]
    let count = sound.reduce(1, *)
    let channel = range(channels).reshaped([channels, 1]) * count
    let places = positions.cast(to: .i32).reshaped([channels, -1]) + channel
    return values.reshaped([-1]).scattered(at: places.reshaped([-1]), of: channels * count)
      .reshaped(Shape(values.shape.dims.prefix(2) + sound))
  }
}

extension Tensor {
  // The window that divides an image into so many equal parts, if there is one.
  fileprivate func evenWindow(_ size: [Int]) -> [Int]? {
    let space = shape.dims[2...]
    guard zip(space, size).allSatisfy({ $0 % $1 == 0 }) else { return nil }
    return zip(space, size).map { $0 / $1 }
  }
}
