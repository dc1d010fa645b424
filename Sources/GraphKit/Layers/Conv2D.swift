public import GraphIR

/// A convolution of images `[n, c, y, x]`.
///
/// Parameters: `weight` [outputs, inputs / groups, rows, columns], `bias` [outputs].
public struct Conv2D: Layer, LibraryLayer {
  let site = Session.current.here()
  /// The filters.
  public let weight: Parameter
  /// What is added to each output channel.
  public let bias: Parameter?
  private let stride: (Int, Int)
  private let dilation: (Int, Int)
  private let padding: Padding
  private let groups: Int

  /// A layer for `inputs` channels that gives `outputs` channels. Sizes are one number or two, for
  /// rows and columns.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: some Extents, stride: some Extents = 1,
    padding: some PaddingAmount = 0, dilation: some Extents = 1, groups: Int = 1,
    bias: Bool = true, initialiser: Initialiser = .fanIn
  ) {
    let inputs = Check.positive(inputs, "inputs", of: "Conv2D")
    let outputs = Check.positive(outputs, "outputs", of: "Conv2D")
    let groups = Check.positive(groups, "groups", of: "Conv2D")
    let kernel = kernel.checked("kernel", of: "Conv2D", least: 1)
    let session = Session.current
    if inputs % groups != 0 { session.report(.groups(groups, "inputs", inputs)) }
    if outputs % groups != 0 { session.report(.groups(groups, "outputs", outputs)) }
    let isDivided = inputs % groups == 0 && outputs % groups == 0
    self.stride = stride.checked("stride", of: "Conv2D", least: 1)
    self.dilation = dilation.checked("dilation", of: "Conv2D", least: 1)
    self.padding = padding.checked(of: "Conv2D")
    self.groups = isDivided ? groups : 1
    if case .same = self.padding.kind, self.stride != (1, 1) {
      session.report(.sameNeedsStrideOne())
    }
    let shape: Shape = [outputs, inputs / self.groups, kernel.0, kernel.1]
    weight = Parameter(shape, initialiser: initialiser, named: "weight")
    let bound = 1 / Double(shape.count / outputs).squareRoot()
    self.bias = bias ? Parameter([outputs], initialiser: .symmetric(bound), named: "bias") : nil
  }

  /// Applies the layer to images `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("conv2d", to: x, naming: weight) { x in
      let window = (weight.shape[2], weight.shape[3])
      let reach = ((window.0 - 1) * dilation.0 + 1, (window.1 - 1) * dilation.1 + 1)
      guard fits(x) else { return x.builder.poison() }
      let padded = x.imagePadded(padding.amounts(reach), value: 0, reach: reach, of: "Conv2D")
      let y = padded.convolved(weight.value, stride: stride, dilation: dilation, groups: groups)
      guard y.value != nil, let bias else { return y }
      return y + bias.value.reshaped([bias.shape.count, 1, 1])
    }
  }

  // Reports an input that the layer is not made for.
  private func fits(_ x: Tensor) -> Bool {
    let inputs = weight.shape[1] * groups
    guard x.rank == 4 else {
      var hint: String?
      if x.rank == 3, inputs == 1 { hint = "'expanded(at: 1)' adds the axis of one channel" }
      if x.rank == 3, x.shape[0] == inputs { hint = "'expanded(at: 0)' adds the axis of examples" }
      let rule = "have 4 axes, [n, c, y, x]"
      Session.current.report(.layerInput("Conv2D", rule, x.type, made: x.site, hint: hint))
      return false
    }
    guard x.shape[1] == inputs else {
      let hint = "the channels are its last axis; 'transposed([0, 3, 1, 2])' brings them there"
      let rule = "have \(inputs) channels in its second axis"
      Session.current.report(
        .layerInput(
          "Conv2D", rule, x.type, made: x.site, hint: x.shape[3] == inputs ? hint : nil))
      return false
    }
    return x.isComputed(in: weight.type.element, "Conv2D")
  }
}
