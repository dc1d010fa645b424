public import GraphIR

/// The largest value in each window of images `[n, c, y, x]`.
public struct MaxPool2D: Layer, LibraryLayer {
  let site = Session.current.here()
  private let window: Window

  /// Windows of a size, side by side unless `stride` says otherwise.
  public init(_ kernel: some Extents, padding: some PaddingAmount = 0, dilation: some Extents = 1) {
    window = Window("MaxPool2D", kernel, nil, padding, dilation)
  }

  /// Windows of a size, `stride` apart.
  public init(
    _ kernel: some Extents, stride: some Extents, padding: some PaddingAmount = 0,
    dilation: some Extents = 1
  ) {
    window = Window("MaxPool2D", kernel, stride, padding, dilation)
  }

  /// Applies the layer to images `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("max_pool2d", to: x) { window.joined($0, .maximum, outside: -.infinity) }
  }
}

/// The mean of each window of images `[n, c, y, x]`.
public struct AvgPool2D: Layer, LibraryLayer {
  let site = Session.current.here()
  private let window: Window
  private let countIncludePad: Bool

  /// Windows of a size, side by side. Zeros of the padding count unless `countIncludePad` is false.
  public init(
    _ kernel: some Extents, padding: some PaddingAmount = 0, countIncludePad: Bool = true
  ) {
    window = Window("AvgPool2D", kernel, nil, padding, 1)
    self.countIncludePad = countIncludePad
  }

  /// Windows of a size, `stride` apart.
  public init(
    _ kernel: some Extents, stride: some Extents, padding: some PaddingAmount = 0,
    countIncludePad: Bool = true
  ) {
    window = Window("AvgPool2D", kernel, stride, padding, 1)
    self.countIncludePad = countIncludePad
  }

  /// Applies the layer to images `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("avg_pool2d", to: x) { x in
      let sum = window.joined(x, .sum, outside: 0)
      guard sum.value != nil else { return sum }
      if countIncludePad { return sum / Double(window.kernel.0 * window.kernel.1) }
      return sum / window.joined(x.filled(1), .sum, outside: 0)
    }
  }
}

/// The mean of as many windows as the result has elements, whatever the size of the image.
public struct AdaptiveAvgPool2D: Layer, LibraryLayer {
  let site = Session.current.here()
  private let size: (Int, Int)

  /// A result of `size` rows and columns.
  public init(_ size: some Extents) {
    self.size = size.checked("size", of: "AdaptiveAvgPool2D", least: 1)
  }

  /// Applies the layer to images `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("adaptive_avg_pool2d", to: x) { x in
      let image = x.imagePadded([(0, 0), (0, 0)], value: 0, of: "AdaptiveAvgPool2D")
      guard image.value != nil else { return image }
      if x.shape[2] % size.0 == 0, x.shape[3] % size.1 == 0 {
        let window = (x.shape[2] / size.0, x.shape[3] / size.1)
        return x.pooled(.sum, window: window, stride: window) / Double(window.0 * window.1)
      }
      // Windows of unequal sizes are rows of two matrices.
      let rows = x.transposed().linear(Self.shares(x.shape[2], size.0))
      return rows.transposed().linear(Self.shares(x.shape[3], size.1))
    }
  }

  // The share of each of `extent` elements in each of `count` means.
  private static func shares(_ extent: Int, _ count: Int) -> Tensor {
    Tensor(
      (0..<count).map { i in
        let window = (i * extent / count)..<(((i + 1) * extent + count - 1) / count)
        return (0..<extent).map { window.contains($0) ? 1 / Double(window.count) : 0 }
      })
  }
}

/// The mean of each channel of images `[n, c, y, x]`, as `[n, c]`.
public struct GlobalAvgPool: Layer, LibraryLayer {
  let site = Session.current.here()
  /// A layer without settings.
  public init() {}

  /// Applies the layer to images `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("global_avg_pool", to: x) { x in
      let image = x.imagePadded([(0, 0), (0, 0)], value: 0, of: "GlobalAvgPool")
      return image.value == nil ? image : image.mean(axes: [2, 3])
    }
  }
}

/// The windows of a pooling layer.
private struct Window {
  let owner: String
  let kernel: (Int, Int)
  let stride: (Int, Int)
  let dilation: (Int, Int)
  let padding: Padding

  init(
    _ owner: String, _ kernel: some Extents, _ stride: (any Extents)?,
    _ padding: some PaddingAmount, _ dilation: some Extents
  ) {
    self.owner = owner
    self.kernel = kernel.checked("kernel", of: owner, least: 1)
    self.stride = stride?.checked("stride", of: owner, least: 1) ?? self.kernel
    self.dilation = dilation.checked("dilation", of: owner, least: 1)
    self.padding = padding.checked(of: owner)
    if case .amount(let rows, let columns) = self.padding.kind,
      rows > self.kernel.0 / 2 || columns > self.kernel.1 / 2
    {
      Session.current.report(
        .range(owner, "padding", "at most half of the kernel", "\([rows, columns])"))
    }
  }

  func joined(_ x: Tensor, _ monoid: Monoid, outside: Double) -> Tensor {
    let reach = ((kernel.0 - 1) * dilation.0 + 1, (kernel.1 - 1) * dilation.1 + 1)
    let padded = x.imagePadded(
      padding.amounts(reach), value: outside, reach: reach, of: owner)
    return padded.pooled(monoid, window: kernel, stride: stride, dilation: dilation)
  }
}
