public import GraphIR
package import LoopIR

// Images are `[n, c, y, x]`, but any number of axes may follow the channels.
extension Tensor {
  /// Blocks of `factor` by `factor` channels laid out side by side in the image.
  public func pixelShuffled(_ factor: Int) -> Tensor {
    let name = "pixelShuffled"
    guard isImage(of: name), isPositive(factor, "factor", of: name) else { return builder.poison() }
    let space = shape.dims.dropFirst(2)
    let block = space.map { _ in factor }
    let size = block.reduce(1, *)
    guard shape[1] % size == 0 else { return undivided(name, 1, by: size) }
    // [n, c, u, v, y, x] to [n, c, y, u, x, v].
    let wide = reshaped(Shape([shape[0], shape[1] / size] + block + space))
    let order = space.indices.flatMap { [$0 + space.count, $0] }
    return wide.transposed([0, 1] + order)
      .reshaped(Shape([shape[0], shape[1] / size] + space.map { $0 * factor }))
  }

  /// Blocks of `factor` by `factor` pixels as channels; undoes `pixelShuffled`.
  public func pixelUnshuffled(_ factor: Int) -> Tensor {
    let name = "pixelUnshuffled"
    guard isImage(of: name), isPositive(factor, "factor", of: name) else { return builder.poison() }
    let space = shape.dims.dropFirst(2)
    if let odd = space.indices.first(where: { shape[$0] % factor != 0 }) {
      return undivided(name, odd, by: factor)
    }
    let wide = reshaped(Shape(shape.dims.prefix(2) + space.flatMap { [$0 / factor, factor] }))
    let order = space.indices.map { 2 * $0 - 1 } + space.indices.map { 2 * $0 - 2 }
    let size = space.reduce(1) { count, _ in count * factor }
    return wide.transposed([0, 1] + order)
      .reshaped(Shape([shape[0], shape[1] * size] + space.map { $0 / factor }))
  }

  /// Channels of `groups` groups interleaved: the first of each, then the second of each.
  public func channelShuffled(groups: Int) -> Tensor {
    let name = "channelShuffled"
    guard isImage(of: name), isPositive(groups, "groups", of: name) else { return builder.poison() }
    guard shape[1] % groups == 0 else { return undivided(name, 1, by: groups) }
    return unflattened(1, to: [groups, -1]).swappedAxes(1, 2).reshaped(shape)
  }

  /// All windows of an axis, `step` apart; the elements of a window become the last axis.
  public func windows(of size: Int, step: Int = 1, axis: Int = -1) -> Tensor {
    guard let axis = self.axis(axis, of: "windows"), isPositive(size, "size", of: "windows"),
      isPositive(step, "step", of: "windows")
    else { return builder.poison() }
    guard size <= shape[axis] else {
      builder.fail(.windowTooLarge("windows", size, shape[axis], type), operands: [self])
      return builder.poison()
    }
    let (axes, read) = sliding(size, step, along: axis)
    return builder.apply(Reduce(.sum, AxisMap(axes, resultRank: rank + 1, operands: [read])), self)
  }

  /// The reduction of each window of an axis.
  package func pooled(_ monoid: Monoid, axis: Int, window: Int, stride: Int = 1) -> Tensor {
    guard value != nil else { return self }
    let (axes, read) = sliding(window, stride, along: axis)
    return builder.apply(Reduce(monoid, AxisMap(axes, resultRank: rank, operands: [read])), self)
  }

  // The axes of a tensor, one of which counts windows, with that of a window's elements; and where
  // they read.
  private func sliding(_ size: Int, _ step: Int, along axis: Int) -> ([Axis], [AxisSum]) {
    var dims = shape.dims
    dims[axis] = (dims[axis] - size) / step + 1
    let axes = dims.enumerated().map { Axis(AxisNames.standard($0, of: rank), $1) }
    var read = axes.indices.map { AxisSum.axis($0) }
    read[axis] = AxisSum([.init(axis, step), .init(rank)])
    return (AxisMap.distinct(axes + [Axis("u", size)]), read)
  }

  private func isImage(of name: String) -> Bool {
    guard value != nil else { return false }
    if rank >= 3 { return true }
    builder.fail(.needsRank(name, "at least 3", "the operand", type), operands: [self])
    return false
  }

  private func isPositive(_ number: Int, _ what: String, of name: String) -> Bool {
    if number > 0 { return true }
    builder.fail(.positive(name, what, number), operands: [self])
    return false
  }

  private func undivided(_ name: String, _ axis: Int, by divisor: Int) -> Tensor {
    builder.fail(.undivided(name, axis, by: divisor, type), operands: [self])
    return builder.poison()
  }
}
