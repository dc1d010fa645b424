public import TensorLibrary
internal import LoopIR

/// The largest value in each window of images `[n, c, y, x]`, or with one or three axes in place of
/// `y, x`.
public struct MaxPool<Kind: Space>: Layer, LibraryLayer {
  let site = Session.current.here()
  private let pool: Pool

  /// Windows of a size, which do not overlap unless `stride` is given. With `ceilMode` a window may
  /// reach beyond the end.
  public init(
    _ kernel: some Extents, stride: (any Extents)? = nil, padding: some PaddingAmount = 0,
    dilation: some Extents = 1, ceilMode: Bool = false
  ) {
    pool = Pool(
      Kind.title("MaxPool"), Kind.axes, kernel, stride, padding, dilation, ceilMode: ceilMode)
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("max_pool\(Kind.axes)d", to: x) { pool.joined($0, .maximum, outside: -.infinity) }
  }

  /// Applies the layer, and also returns the position of each value in its channel, counted row by
  /// row, as `i32`.
  public func withPositions(_ x: Tensor) -> (values: Tensor, positions: Tensor) {
    var positions = x
    let values = applying("max_pool\(Kind.axes)d", to: x) { x in
      positions = pool.positions(x)
      return pool.joined(x, .maximum, outside: -.infinity)
    }
    return (values, values.value == nil ? values : positions)
  }
}

/// The largest value in each window of lines `[n, c, x]`.
public typealias MaxPool1D = MaxPool<Space1D>

/// The largest value in each window of images `[n, c, y, x]`.
public typealias MaxPool2D = MaxPool<Space2D>

/// The largest value in each window of volumes `[n, c, z, y, x]`.
public typealias MaxPool3D = MaxPool<Space3D>

/// The mean of each window of images `[n, c, y, x]`, or with one or three axes in place of `y, x`.
public struct AvgPool<Kind: Space>: Layer, LibraryLayer {
  let site = Session.current.here()
  private let pool: Pool
  private let countIncludePad: Bool
  private let divisor: Int?

  /// Windows of a size, which do not overlap unless `stride` is given. Zeros of the padding count
  /// unless `countIncludePad` is false; `divisor` replaces the number of elements.
  public init(
    _ kernel: some Extents, stride: (any Extents)? = nil, padding: some PaddingAmount = 0,
    ceilMode: Bool = false, countIncludePad: Bool = true, divisor: Int? = nil
  ) {
    let owner = Kind.title("AvgPool")
    pool = Pool(owner, Kind.axes, kernel, stride, padding, 1, ceilMode: ceilMode)
    self.countIncludePad = countIncludePad
    self.divisor = divisor.map { Check.positive($0, "divisor", of: owner) }
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("avg_pool\(Kind.axes)d", to: x) { x in
      let sum = pool.joined(x, .sum, outside: 0)
      guard sum.value != nil else { return sum }
      if let divisor { return sum / Double(divisor) }
      return pool.divided(sum, of: x, countIncludePad: countIncludePad)
    }
  }
}

/// The mean of each window of lines `[n, c, x]`.
public typealias AvgPool1D = AvgPool<Space1D>

/// The mean of each window of images `[n, c, y, x]`.
public typealias AvgPool2D = AvgPool<Space2D>

/// The mean of each window of volumes `[n, c, z, y, x]`.
public typealias AvgPool3D = AvgPool<Space3D>

/// The root of the sum of powers in each window of images `[n, c, y, x]`, or with one or three axes
/// in place of `y, x`.
public struct LPPool<Kind: Space>: Layer, LibraryLayer {
  let site = Session.current.here()
  private let pool: Pool
  private let power: Double

  /// Windows of a size, which do not overlap unless `stride` is given.
  public init(_ power: Double, _ kernel: some Extents, stride: (any Extents)? = nil) {
    let owner = Kind.title("LPPool")
    pool = Pool(owner, Kind.axes, kernel, stride, 0, 1, ceilMode: false)
    if power > 0 {
      self.power = power
    } else {
      Session.current.report(.range(owner, "power", "above 0", power.plain))
      self.power = 1
    }
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("lp_pool\(Kind.axes)d", to: x) { x in
      let powers = power == 1 ? x : power == 2 ? x * x : pow(x, power)
      let sum = pool.joined(powers, .sum, outside: 0)
      if power == 1 { return sum }
      return sum.root { power == 2 ? sqrt($0) : pow($0, 1 / power) }
    }
  }
}

/// The root of the sum of powers in each window of lines `[n, c, x]`.
public typealias LPPool1D = LPPool<Space1D>

/// The root of the sum of powers in each window of images `[n, c, y, x]`.
public typealias LPPool2D = LPPool<Space2D>

/// The root of the sum of powers in each window of volumes `[n, c, z, y, x]`.
public typealias LPPool3D = LPPool<Space3D>

/// The windows of a pooling layer.
struct Pool {
  private let owner: String
  private let windows: Windows
  private let padding: Padding
  private let ceilMode: Bool

  init(
    _ owner: String, _ axes: Int, _ kernel: some Extents, _ stride: (any Extents)?,
    _ padding: some PaddingAmount, _ dilation: some Extents, ceilMode: Bool
  ) {
    self.owner = owner
    self.ceilMode = ceilMode
    let kernel = kernel.checked("kernel", of: owner, axes: axes, least: 1)
    windows = Windows(
      size: kernel, stride: stride?.checked("stride", of: owner, axes: axes, least: 1),
      dilation: dilation.checked("dilation", of: owner, axes: axes, least: 1))
    self.padding = padding.checked(of: owner, axes: axes)
    if case .amount(let amounts) = self.padding.kind,
      zip(amounts, kernel).contains(where: { $0 > $1 / 2 })
    {
      Session.current.report(
        .range(owner, "padding", "at most half of the kernel", "\(amounts)"))
    }
  }

  // What is added to each axis; in ceil mode also for a last window that begins in the image or
  // before it.
  private func amounts(_ x: Tensor) -> [(before: Int, after: Int)] {
    let amounts = padding.amounts(windows.reach)
    guard ceilMode, x.rank == windows.rank + 2 else { return amounts }
    return amounts.enumerated().map { axis, amount in
      let (extent, stride) = (x.shape[2 + axis], windows.stride[axis])
      let rest = extent + amount.before + amount.after - windows.reach[axis]
      // A window may be larger than the image, by less than a stride.
      guard rest + stride > 0 else { return amount }
      var count = (rest + stride - 1) / stride + 1
      if (count - 1) * stride >= extent + amount.before { count -= 1 }
      let end = (count - 1) * stride + windows.reach[axis] - extent - amount.before
      return (amount.before, max(end, amount.after))
    }
  }

  func joined(_ x: Tensor, _ monoid: Monoid, outside: Double) -> Tensor {
    guard x.value == nil || x.elementType.isFloat else {
      Session.current.report(
        .layerInput(owner, "be floating-point numbers", x.type, made: x.site))
      return x.builder.poison()
    }
    return x.imagePadded(amounts(x), mode: .constant(outside), reach: windows.reach, of: owner)
      .pooled(
        monoid, window: windows.size, stride: windows.stride, dilation: windows.dilation)
  }

  // The place of the largest element of each window in its channel.
  func positions(_ x: Tensor) -> Tensor {
    let choice = joined(x, .argMaximum, outside: -.infinity)
    guard choice.value != nil else { return choice }
    var rest = choice
    var position = choice.filled(0)
    var count = 1
    for (axis, amount) in amounts(x).enumerated().reversed() {
      let size = windows.size[axis]
      let place = axis == 0 ? rest : rest % size
      rest = rest / size
      let line =
        range(choice.shape[2 + axis]) * windows.stride[axis]
        - amount.before
      let start = line.reshaped(
        Shape([choice.shape[2 + axis]] + Array(repeating: 1, count: windows.rank - axis - 1)))
      position += (start + place * windows.dilation[axis]) * count
      count *= x.shape[2 + axis]
    }
    return position
  }

  // A sum over windows divided by the number of elements that each has of the image, or of the
  // image and its padding; what only ceil mode adds never counts.
  func divided(_ sum: Tensor, of x: Tensor, countIncludePad: Bool) -> Tensor {
    let padded = amounts(x)
    var quotient = sum
    var common = 1
    for (axis, amount) in padding.amounts(windows.reach).enumerated() {
      let extent = x.shape[2 + axis]
      let (low, high) =
        countIncludePad
        ? (0, extent + amount.before + amount.after)
        : (padded[axis].before, padded[axis].before + extent)
      let counts = (0..<sum.shape[2 + axis]).map { i in
        let start = i * windows.stride[axis]
        return min(start + windows.size[axis], high) - max(start, low)
      }
      if counts.allSatisfy({ $0 == counts[0] }) {
        common *= counts[0]
        continue
      }
      let trailing = Array(repeating: 1, count: windows.rank - axis - 1)
      let divisors = Tensor(counts.map(Double.init), x.elementType)
      quotient = quotient / divisors.reshaped(Shape([counts.count] + trailing))
    }
    return common == 1 ? quotient : quotient / Double(common)
  }
}
