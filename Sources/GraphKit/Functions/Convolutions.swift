public import TensorLibrary

/// A convolution of `[n, c, x]`, `[n, c, y, x]` or `[n, c, z, y, x]` by filters that may be
/// computed: `[outputs, c / groups, ...]`, with as many axes as the input. Sizes are one number, or
/// one for each axis after the channels; `bias` has a number for each output.
public func convolution(
  _ x: Tensor, _ filters: Tensor, bias: Tensor? = nil, stride: some Extents = 1,
  padding: some PaddingAmount = 0, dilation: some Extents = 1, groups: Int = 1
) -> Tensor {
  let owner = "convolution"
  return applying(owner, to: x) { x in
    guard x.canMeet(filters, bias, of: owner) else { return x.builder.poison() }
    let axes = x.rank - 2
    let stride = stride.checked("stride", of: owner, axes: axes, least: 1)
    let dilation = dilation.checked("dilation", of: owner, axes: axes, least: 1)
    let padding = padding.checked(of: owner, axes: axes)
    let groups = Check.positive(groups, "groups", of: owner)
    if case .same = padding.kind, stride.contains(where: { $0 != 1 }) {
      Session.current.report(.sameNeedsStrideOne(owner))
    }
    let size = Array(filters.shape.dims[2...])
    let reach = Windows(size: size, stride: stride, dilation: dilation).reach
    return x.imagePadded(padding.amounts(reach), reach: reach, of: owner)
      .convolved(filters, stride: stride, dilation: dilation, groups: groups)
      .plus(bias, of: owner)
  }
}

/// A transposed convolution by filters that may be computed: `[c, outputs / groups, ...]`, with as
/// many axes as the input. Each element is spread over a window of a larger image; `padding`
/// elements are cut from each side of it, and `outputPadding` added at the end of each axis.
public func transposedConvolution(
  _ x: Tensor, _ filters: Tensor, bias: Tensor? = nil, stride: some Extents = 1,
  padding: some Extents = 0, outputPadding: some Extents = 0, dilation: some Extents = 1,
  groups: Int = 1
) -> Tensor {
  let owner = "transposedConvolution"
  return applying("transposed_convolution", to: x) { x in
    guard x.canMeet(filters, bias, of: owner) else { return x.builder.poison() }
    let axes = x.rank - 2
    let stride = stride.checked("stride", of: owner, axes: axes, least: 1)
    let dilation = dilation.checked("dilation", of: owner, axes: axes, least: 1)
    let padding = padding.checked("padding", of: owner, axes: axes, least: 0)
    let added = outputPadding.checked("output padding", of: owner, axes: axes, least: 0)
    let groups = Check.positive(groups, "groups", of: owner)
    let size = Array(filters.shape.dims[2...])
    let reach = Windows(size: size, stride: stride, dilation: dilation).reach
    let extents = (0..<axes).map { axis in
      (x.shape[2 + axis] - 1) * stride[axis] + reach[axis] - 2 * padding[axis] + added[axis]
    }
    return x.convolvedBack(
      filters, stride: stride, dilation: dilation, groups: groups, low: padding, extents: extents
    ).plus(bias, of: owner)
  }
}

extension Tensor {
  // Reports an image, filters or a bias that do not go together.
  fileprivate func canMeet(_ filters: Tensor, _ bias: Tensor?, of owner: String) -> Bool {
    guard filters.value != nil, bias.map({ $0.value != nil }) ?? true else { return false }
    let session = Session.current
    guard (3...5).contains(rank) else {
      let rule = "have the axes [n, c, x], [n, c, y, x] or [n, c, z, y, x]"
      session.report(.layerInput(owner, rule, type, made: site))
      return false
    }
    guard filters.rank == rank else {
      let rule = "have \(rank) axes, as the input '\(type)' has"
      session.report(.argument("filters", of: owner, rule, filters.type, made: filters.site))
      return false
    }
    return true
  }

  // The image plus a bias for each channel.
  fileprivate func plus(_ bias: Tensor?, of owner: String) -> Tensor {
    guard value != nil, let bias else { return self }
    guard bias.shape.dims == [shape[1]] else {
      let rule = "have a number for each of \(shape[1]) outputs, '\(elementType)[\(shape[1])]'"
      Session.current.report(.argument("bias", of: owner, rule, bias.type, made: bias.site))
      return builder.poison()
    }
    return self + bias.reshaped(Shape([shape[1]] + Array(repeating: 1, count: rank - 2)))
  }
}
