internal import LoopIR

extension Tensor {
  /// The same elements in row-major order under another shape; one extent may be -1 and follows
  /// from the others.
  public func reshaped(_ shape: Shape) -> Tensor {
    guard value != nil else { return self }
    var dims = shape.dims
    if let unknown = dims.firstIndex(of: -1) {
      let known = dims.enumerated().reduce(1) { $1.offset == unknown ? $0 : $0 * $1.element }
      guard known > 0, self.shape.count % known == 0 else {
        builder.fail(.reshapeUnknown(type, to: shape), operands: [self])
        return builder.poison()
      }
      dims[unknown] = self.shape.count / known
    }
    if dims == self.shape.dims { return self }
    guard dims.allSatisfy({ $0 > 0 }) else {
      builder.fail(.negativeExtent("reshape", type, dims), operands: [self])
      return builder.poison()
    }
    return builder.apply(Reshape(to: Shape(dims)), self)
  }

  /// The axes from `start` to `end`, both included, joined into one.
  public func flattened(from start: Int = 0, to end: Int = -1) -> Tensor {
    guard let start = axis(start, of: "flattened"), let end = axis(end, of: "flattened") else {
      return builder.poison()
    }
    guard start <= end else { return self }
    let dims = shape.dims
    return reshaped(Shape(dims[..<start] + [dims[start...end].reduce(1, *)] + dims[(end + 1)...]))
  }

  /// One axis split into several, whose extents multiply to its own; one of them may be -1.
  public func unflattened(_ axis: Int, to shape: Shape) -> Tensor {
    guard let axis = self.axis(axis, of: "unflattened") else { return builder.poison() }
    let dims = self.shape.dims
    let known = shape.dims.filter { $0 != -1 }.reduce(1, *)
    let isUnknown = shape.dims.contains(-1)
    guard known > 0, isUnknown ? dims[axis] % known == 0 : dims[axis] == known else {
      builder.fail(.unflattened(axis, type, to: shape), operands: [self])
      return builder.poison()
    }
    let parts = shape.dims.map { $0 == -1 ? dims[axis] / known : $0 }
    return reshaped(Shape(dims[..<axis] + parts + dims[(axis + 1)...]))
  }

  /// The axes in another order: axis `i` of the result is axis `axes[i]`.
  public func transposed(_ axes: [Int]) -> Tensor {
    guard value != nil else { return self }
    let positive = axes.map { $0 < 0 ? $0 + rank : $0 }
    if positive == Array(0..<rank) { return self }
    return builder.apply(Transpose(positive), self)
  }

  /// The last two axes exchanged.
  public func transposed() -> Tensor {
    guard value != nil else { return self }
    guard rank >= 2 else {
      builder.fail(.needsRank("transposed", "at least 2", "the operand", type), operands: [self])
      return builder.poison()
    }
    return transposed(Array(0..<(rank - 2)) + [rank - 1, rank - 2])
  }

  /// Two axes exchanged.
  public func swappedAxes(_ a: Int, _ b: Int) -> Tensor {
    guard let a = axis(a, of: "swappedAxes"), let b = axis(b, of: "swappedAxes") else {
      return builder.poison()
    }
    var axes = Array(0..<rank)
    axes.swapAt(a, b)
    return transposed(axes)
  }

  /// One axis moved to another place; the others keep their order.
  public func movedAxis(_ source: Int, to target: Int) -> Tensor {
    guard let source = axis(source, of: "movedAxis"), let target = axis(target, of: "movedAxis")
    else { return builder.poison() }
    var axes = Array(0..<rank)
    axes.remove(at: source)
    axes.insert(source, at: target)
    return transposed(axes)
  }

  /// The tensor repeated to a larger shape, aligned at the last axis.
  public func broadcast(to shape: Shape) -> Tensor {
    guard value != nil, shape != self.shape else { return self }
    guard shape.rank >= rank, shape.dims.allSatisfy({ $0 > 0 }) else {
      builder.fail(.cannotExpand(type, to: shape), operands: [self])
      return builder.poison()
    }
    return broadcast(to: shape, axes: Array((shape.rank - rank)..<shape.rank))
  }

  /// The tensor repeated to a larger shape in which axis `i` becomes axis `axes[i]`.
  package func broadcast(to shape: Shape, axes: [Int]) -> Tensor {
    guard value != nil, shape != self.shape else { return self }
    return builder.apply(Broadcast(to: shape, axes: axes), self)
  }

  /// The tensor with a new axis of extent 1 before axis `axis`; -1 adds it at the end.
  public func expanded(at axis: Int) -> Tensor {
    guard value != nil else { return self }
    let i = axis < 0 ? axis + rank + 1 : axis
    guard i >= 0, i <= rank else {
      builder.fail(.axis("expanded", axis, type), operands: [self])
      return builder.poison()
    }
    return reshaped(Shape(shape.dims[..<i] + [1] + shape.dims[i...]))
  }

  /// The tensor without an axis of extent 1.
  public func squeezed(_ axis: Int) -> Tensor {
    guard let i = self.axis(axis, of: "squeezed") else { return builder.poison() }
    var dims = shape.dims
    guard dims.remove(at: i) == 1 else {
      builder.fail(.squeezed(i, type), operands: [self])
      return builder.poison()
    }
    return reshaped(Shape(dims))
  }

  /// The tensor without any axes of extent 1.
  public func squeezed() -> Tensor { reshaped(Shape(shape.dims.filter { $0 != 1 })) }
}
