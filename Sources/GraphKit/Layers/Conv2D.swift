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
    self.stride = stride.checked("stride", of: "Conv2D", least: 1)
    self.dilation = dilation.checked("dilation", of: "Conv2D", least: 1)
    self.padding = padding.checked(of: "Conv2D")
    self.groups = groups
    if case .same = self.padding.kind, self.stride != (1, 1) {
      session.report(.sameNeedsStrideOne())
    }
    let shape: Shape = [outputs, max(1, inputs / groups), kernel.0, kernel.1]
    weight = Parameter(shape, initialiser: initialiser, named: "weight")
    let bound = 1 / Double(shape.count / outputs).squareRoot()
    self.bias = bias ? Parameter([outputs], initialiser: .symmetric(bound), named: "bias") : nil
  }

  /// Applies the layer to images `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("conv2d", to: x, naming: weight) { x in
      let window = (weight.shape[2], weight.shape[3])
      let reach = ((window.0 - 1) * dilation.0 + 1, (window.1 - 1) * dilation.1 + 1)
      let padded = x.imagePadded(padding.amounts(reach), value: 0, of: "Conv2D")
      let y = padded.convolved(weight.value, stride: stride, dilation: dilation, groups: groups)
      guard y.value != nil, let bias else { return y }
      return y + bias.value.reshaped([bias.shape.count, 1, 1])
    }
  }
}
