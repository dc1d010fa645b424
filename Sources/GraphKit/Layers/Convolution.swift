public import TensorLibrary

/// A convolution of `[n, c, y, x]`, or with one or three axes in place of `y, x`.
///
/// Parameters: `weight` [outputs, inputs / groups, rows, columns], `bias` [outputs].
public struct Convolution<Kind: Space>: Layer, LibraryLayer {
  let site = Session.current.here()
  /// The filters.
  public let weight: Parameter
  /// The bias of each output channel.
  public let bias: Parameter?
  private let sliding: Sliding
  private let padding: Padding
  private let paddingMode: PaddingMode

  /// A layer for `inputs` channels that gives `outputs` channels. Sizes are one number, or one for
  /// each axis. Without a `biasInitialiser` the bias begins as in PyTorch.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: some Extents, stride: some Extents = 1,
    padding: some PaddingAmount = 0, dilation: some Extents = 1, groups: Int = 1,
    bias: Bool = true, paddingMode: PaddingMode = .zeros, initialiser: Initialiser = .fanIn,
    biasInitialiser: Initialiser? = nil
  ) {
    let owner = Kind.title("Conv")
    let channels = Channels(inputs, outputs, groups, of: owner)
    let kernel = kernel.checked("kernel", of: owner, axes: Kind.axes, least: 1)
    sliding = Sliding(owner, Kind.axes, stride, dilation, channels.groups)
    self.padding = padding.checked(of: owner, axes: Kind.axes)
    self.paddingMode = paddingMode
    if case .same = self.padding.kind, sliding.stride.contains(where: { $0 != 1 }) {
      Session.current.report(.sameNeedsStrideOne(owner))
    }
    let shape = Shape([channels.outputs, channels.inputs / channels.groups] + kernel)
    weight = Parameter(shape, initialiser: initialiser, named: "weight")
    self.bias =
      bias ? channels.bias(fan: shape.count / channels.outputs, biasInitialiser) : nil
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("conv\(Kind.axes)d", to: x, naming: weight) { x in
      guard x.fits(sliding, weight, inputs: weight.shape[1] * sliding.groups) else {
        return x.builder.poison()
      }
      let reach = sliding.windows(weight).reach
      let y = x.imagePadded(
        padding.amounts(reach), mode: paddingMode, reach: reach, of: sliding.owner
      )
      .convolved(
        weight.value, stride: sliding.stride, dilation: sliding.dilation, groups: sliding.groups)
      return y.plus(bias)
    }
  }
}

/// A convolution of lines `[n, c, x]`.
public typealias Conv1D = Convolution<Space1D>

/// A convolution of images `[n, c, y, x]`.
public typealias Conv2D = Convolution<Space2D>

/// A convolution of volumes `[n, c, z, y, x]`.
public typealias Conv3D = Convolution<Space3D>

/// A transposed convolution: each element is spread over a window of a larger image.
///
/// Parameters: `weight` [inputs, outputs / groups, rows, columns], `bias` [outputs].
public struct TransposedConvolution<Kind: Space>: Layer, LibraryLayer {
  let site = Session.current.here()
  /// The filters.
  public let weight: Parameter
  /// The bias of each output channel.
  public let bias: Parameter?
  private let sliding: Sliding
  private let padding: [Int]
  private let outputPadding: [Int]

  /// A layer for `inputs` channels that gives `outputs` channels. `padding` elements are cut from
  /// each side of the result, `outputPadding` are then added at the end of each axis.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: some Extents, stride: some Extents = 1,
    padding: some Extents = 0, outputPadding: some Extents = 0, dilation: some Extents = 1,
    groups: Int = 1, bias: Bool = true, initialiser: Initialiser = .fanIn
  ) {
    let owner = Kind.title("ConvTranspose")
    let channels = Channels(inputs, outputs, groups, of: owner)
    let kernel = kernel.checked("kernel", of: owner, axes: Kind.axes, least: 1)
    sliding = Sliding(owner, Kind.axes, stride, dilation, channels.groups)
    self.padding = padding.checked("padding", of: owner, axes: Kind.axes, least: 0)
    let added = outputPadding.checked("output padding", of: owner, axes: Kind.axes, least: 0)
    let most = zip(sliding.stride, sliding.dilation).map { max($0, $1) }
    if zip(added, most).contains(where: { $0 >= $1 }) {
      Session.current.report(
        .range(owner, "output padding", "smaller than its stride or dilation", "\(added)"))
    }
    self.outputPadding = zip(added, most).map { min($0, $1 - 1) }
    let shape = Shape([channels.inputs, channels.outputs / channels.groups] + kernel)
    weight = Parameter(shape, initialiser: initialiser, named: "weight")
    self.bias = bias ? channels.bias(fan: shape.count / channels.inputs) : nil
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("conv_transpose\(Kind.axes)d", to: x, naming: weight) { x in
      guard x.fits(sliding, weight, inputs: weight.shape[0]) else { return x.builder.poison() }
      let reach = sliding.windows(weight).reach
      let extents = (0..<Kind.axes).map { axis in
        let whole = (x.shape[2 + axis] - 1) * sliding.stride[axis] + reach[axis]
        return whole - 2 * padding[axis] + outputPadding[axis]
      }
      return x.convolvedBack(
        weight.value, stride: sliding.stride, dilation: sliding.dilation, groups: sliding.groups,
        low: padding, extents: extents
      ).plus(bias)
    }
  }
}

/// A transposed convolution of lines `[n, c, x]`.
public typealias ConvTranspose1D = TransposedConvolution<Space1D>

/// A transposed convolution of images `[n, c, y, x]`.
public typealias ConvTranspose2D = TransposedConvolution<Space2D>

/// A transposed convolution of volumes `[n, c, z, y, x]`.
public typealias ConvTranspose3D = TransposedConvolution<Space3D>

/// The channels of a convolution, after reporting mistakes.
private struct Channels {
  let inputs: Int
  let outputs: Int
  let groups: Int

  init(_ inputs: Int, _ outputs: Int, _ groups: Int, of owner: String) {
    self.inputs = Check.positive(inputs, "inputs", of: owner)
    self.outputs = Check.positive(outputs, "outputs", of: owner)
    let groups = Check.positive(groups, "groups", of: owner)
    let session = Session.current
    let (inputs, outputs) = (self.inputs, self.outputs)
    if inputs % groups != 0 { session.report(.groups(owner, groups, "inputs", inputs)) }
    if outputs % groups != 0 { session.report(.groups(owner, groups, "outputs", outputs)) }
    self.groups = inputs % groups == 0 && outputs % groups == 0 ? groups : 1
  }

  func bias(fan: Int, _ initialiser: Initialiser? = nil) -> Parameter {
    let start = initialiser ?? .symmetric(1 / Double(fan).squareRoot())
    return Parameter([outputs], initialiser: start, named: "bias")
  }
}

/// How the windows of a convolution move.
private struct Sliding {
  let owner: String
  let stride: [Int]
  let dilation: [Int]
  let groups: Int

  init(
    _ owner: String, _ axes: Int, _ stride: some Extents, _ dilation: some Extents, _ groups: Int
  ) {
    self.owner = owner
    self.stride = stride.checked("stride", of: owner, axes: axes, least: 1)
    self.dilation = dilation.checked("dilation", of: owner, axes: axes, least: 1)
    self.groups = groups
  }

  func windows(_ weight: Parameter) -> Windows {
    Windows(size: Array(weight.shape.dims[2...]), stride: stride, dilation: dilation)
  }
}

extension Tensor {
  // Reports an image that does not fit a convolution.
  fileprivate func fits(_ sliding: Sliding, _ weight: Parameter, inputs: Int) -> Bool {
    let axes = sliding.stride.count
    guard rank == axes + 2 else {
      var hint: String?
      if rank == axes + 1, inputs == 1 { hint = "'expanded(at: 1)' adds an axis with one channel" }
      if rank == axes + 1, shape[0] == inputs {
        hint = "'expanded(at: 0)' adds an axis with one example"
      }
      Session.current.report(
        .layerInput(sliding.owner, Self.imageRule(axes), type, made: site, hint: hint))
      return false
    }
    guard shape[1] == inputs else {
      let order = [0, rank - 1] + Array(1..<(rank - 1))
      let hint = "its channels are the last axis; 'transposed(\(order))' moves them"
      let rule = "have \(inputs) channels in its second axis"
      Session.current.report(
        .layerInput(
          sliding.owner, rule, type, made: site, hint: shape[-1] == inputs ? hint : nil))
      return false
    }
    return isComputed(in: weight.type.element, sliding.owner)
  }

  // The image plus a bias for each channel.
  fileprivate func plus(_ bias: Parameter?) -> Tensor {
    guard value != nil, let bias else { return self }
    return self
      + bias.value.reshaped(Shape([bias.shape.count] + Array(repeating: 1, count: rank - 2)))
  }
}
