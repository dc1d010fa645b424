public import GraphIR

/// The values beyond the ends of an axis.
public enum PaddingMode: Hashable, Sendable {
  /// One value.
  case constant(Double)
  /// The elements again in the other direction, without the one at the end: `c b | a b c | b a`.
  case reflect
  /// The element at the end: `a a | a b c | c c`.
  case replicate
  /// The elements from the other end: `b c | a b c | a b`.
  case circular

  /// Zeros.
  public static var zeros: PaddingMode { .constant(0) }
}

extension Tensor {
  /// Elements before and after the elements of each axis; negative numbers remove elements.
  public func padded(_ amounts: [(before: Int, after: Int)], mode: PaddingMode) -> Tensor {
    guard value != nil else { return self }
    if case .constant(let number) = mode { return padded(amounts, value: number) }
    guard amounts.count == rank else {
      builder.fail(.needsRank("padded", "\(amounts.count)", "the operand", type), operands: [self])
      return builder.poison()
    }
    // Elements are removed first, so that removed ones are not repeated.
    let cut = padded(
      amounts.map { Pad.Part(low: Swift.min($0.before, 0), high: Swift.min($0.after, 0)) },
      value: 0)
    return amounts.enumerated().reduce(cut) { x, entry in
      let (before, after) = (Swift.max(entry.element.before, 0), Swift.max(entry.element.after, 0))
      return x.extended(entry.offset, before, after, mode)
    }
  }

  // One axis with its own elements again before and after it.
  private func extended(_ axis: Int, _ before: Int, _ after: Int, _ mode: PaddingMode) -> Tensor {
    guard value != nil, before > 0 || after > 0 else { return self }
    let extent = shape[axis]
    let most = mode == .reflect ? extent - 1 : mode == .circular ? extent : Int.max
    guard Swift.max(before, after) <= most else {
      builder.fail(
        .paddingTooLarge("\(mode)", Swift.max(before, after), axis: axis, type, most: most),
        operands: [self])
      return builder.poison()
    }
    func edge(_ index: Int, _ count: Int) -> Tensor {
      var dims = shape.dims
      dims[axis] = count
      return sliced(axis, index..<(index + 1)).broadcast(to: Shape(dims))
    }
    var parts = [self]
    if before > 0 {
      let low =
        switch mode {
        case .reflect: sliced(axis, 1..<(before + 1)).reversed(axes: [axis])
        case .circular: sliced(axis, (extent - before)..<extent)
        case .replicate, .constant: edge(0, before)
        }
      parts.insert(low, at: 0)
    }
    if after > 0 {
      let high =
        switch mode {
        case .reflect: sliced(axis, (extent - 1 - after)..<(extent - 1)).reversed(axes: [axis])
        case .circular: sliced(axis, 0..<after)
        case .replicate, .constant: edge(extent - 1, after)
        }
      parts.append(high)
    }
    return concatenate(parts, axis: axis)
  }
}
