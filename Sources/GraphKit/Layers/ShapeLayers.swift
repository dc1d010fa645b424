public import TensorLibrary

/// Returns its input.
public struct Identity: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Returns the input.
  public func callAsFunction(_ x: Tensor) -> Tensor { x }
}

/// Splits one axis into several.
public struct Unflatten: Layer, LibraryLayer {
  let site = Session.current.here()
  private let axis: Int
  private let shape: Shape

  /// Splits an axis into the axes of a shape; one extent may be -1 and follows from the others.
  public init(_ axis: Int, to shape: Shape) {
    self.axis = axis
    self.shape = shape
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("unflatten", to: x) { $0.unflattened(axis, to: shape) }
  }
}

/// Blocks of channels laid out side by side in the image.
public struct PixelShuffle: Layer, LibraryLayer {
  let site = Session.current.here()
  private let factor: Int

  /// A layer that enlarges images by a factor and reduces the number of channels.
  public init(_ factor: Int) {
    self.factor = Check.positive(factor, "factor", of: "PixelShuffle")
  }

  /// Applies the layer to images `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("pixel_shuffle", to: x) { $0.pixelShuffled(factor) }
  }
}

/// Blocks of pixels as channels; undoes `PixelShuffle`.
public struct PixelUnshuffle: Layer, LibraryLayer {
  let site = Session.current.here()
  private let factor: Int

  /// A layer that shrinks images by a factor and increases the number of channels.
  public init(_ factor: Int) {
    self.factor = Check.positive(factor, "factor", of: "PixelUnshuffle")
  }

  /// Applies the layer to images `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("pixel_unshuffle", to: x) { $0.pixelUnshuffled(factor) }
  }
}

/// Interleaves the channels of groups.
public struct ChannelShuffle: Layer, LibraryLayer {
  let site = Session.current.here()
  private let groups: Int

  /// A layer for a number of groups.
  public init(groups: Int) { self.groups = Check.positive(groups, "groups", of: "ChannelShuffle") }

  /// Applies the layer to images `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("channel_shuffle", to: x) { $0.channelShuffled(groups: groups) }
  }
}

/// The windows of images `[n, c, y, x]` as columns `[n, c * rows * columns, windows]`.
public struct Unfold: Layer, LibraryLayer {
  let site = Session.current.here()
  private let grid: ColumnGrid

  /// Windows of a size, `stride` elements apart.
  public init(
    _ kernel: some Extents, stride: some Extents = 1, padding: some Extents = 0,
    dilation: some Extents = 1
  ) {
    grid = ColumnGrid("Unfold", kernel, stride, padding, dilation)
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("unfold", to: x) { x in
      x.imagePadded(
        grid.windows.low.map { ($0, $0) }, reach: grid.windows.reach, of: "Unfold"
      )
      .columns(of: grid.unpadded)
    }
  }
}

/// Columns `[n, c * rows * columns, windows]` added up where `Unfold` takes them from.
public struct Fold: Layer, LibraryLayer {
  let site = Session.current.here()
  private let grid: ColumnGrid
  private let size: [Int]

  /// Windows of a size in images of a size.
  public init(
    _ size: some Extents, kernel: some Extents, stride: some Extents = 1,
    padding: some Extents = 0, dilation: some Extents = 1
  ) {
    grid = ColumnGrid("Fold", kernel, stride, padding, dilation)
    self.size = size.checked("size", of: "Fold", axes: 2, least: 1)
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("fold", to: x) { x in
      let padded = zip(size, grid.windows.low).map { $0 + 2 * $1 }
      guard zip(padded, grid.windows.reach).allSatisfy({ $0 >= $1 }) else {
        let rule = "at least as large as a window, \(grid.windows.reach)"
        Session.current.report(.range("Fold", "padded size", rule, "\(padded)"))
        return x.builder.poison()
      }
      return x.folded(grid.windows, counts: grid.windows.counts(padded), extents: size)
    }
  }
}

// The windows of `Unfold` and `Fold`.
private struct ColumnGrid {
  /// The windows of an image that is not padded yet.
  let windows: Windows

  init(
    _ owner: String, _ kernel: some Extents, _ stride: some Extents, _ padding: some Extents,
    _ dilation: some Extents
  ) {
    windows = Windows(
      size: kernel.checked("kernel", of: owner, axes: 2, least: 1),
      stride: stride.checked("stride", of: owner, axes: 2, least: 1),
      dilation: dilation.checked("dilation", of: owner, axes: 2, least: 1),
      low: padding.checked("padding", of: owner, axes: 2, least: 0))
  }

  /// The same windows of an image that is.
  var unpadded: Windows {
    Windows(size: windows.size, stride: windows.stride, dilation: windows.dilation)
  }
}

/// Resizes an image `[n, c, y, x]`, a line or a volume.
public struct Upsample: Layer, LibraryLayer {
  let site = Session.current.here()
  private let factors: [Double]?
  private let size: [Int]?
  private let mode: ResizeMode
  private let alignCorners: Bool

  /// A layer that scales all axes after the channels by one factor.
  public init(_ factor: Double, mode: ResizeMode = .nearest, alignCorners: Bool = false) {
    self.init(by: [factor], to: nil, mode, alignCorners)
  }

  /// A layer that scales each axis after the channels by its own factor.
  public init(_ factors: [Double], mode: ResizeMode = .nearest, alignCorners: Bool = false) {
    self.init(by: factors, to: nil, mode, alignCorners)
  }

  /// A layer that resizes images to a given size.
  public init(to size: [Int], mode: ResizeMode = .nearest, alignCorners: Bool = false) {
    self.init(by: nil, to: size, mode, alignCorners)
  }

  private init(by factors: [Double]?, to size: [Int]?, _ mode: ResizeMode, _ alignCorners: Bool) {
    if let bad = factors?.first(where: { !($0 > 0 && $0.isFinite) }) {
      Session.current.report(.range("Upsample", "factor", "above 0", "\(bad)"))
      self.factors = [1]
    } else {
      self.factors = factors
    }
    self.size = size
    self.mode = mode
    self.alignCorners = alignCorners
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("upsample", to: x) { x in
      let given = size?.count ?? factors?.count ?? 1
      guard x.rank >= 3, given == 1 || x.rank == given + 2 else {
        let rule = Tensor.imageRule(given == 1 ? 2 : min(given, 3))
        Session.current.report(.layerInput("Upsample", rule, x.type, made: x.site))
        return x.builder.poison()
      }
      func each<Number>(_ numbers: [Number]) -> [Number] {
        numbers.count == 1 ? Array(repeating: numbers[0], count: x.rank - 2) : numbers
      }
      if let size { return x.resized(to: each(size), mode: mode, alignCorners: alignCorners) }
      return x.resized(by: each(factors ?? [1]), mode: mode, alignCorners: alignCorners)
    }
  }
}
