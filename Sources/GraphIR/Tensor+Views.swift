internal import LoopIR

extension Tensor {
  /// The same elements in row-major order under another shape; one extent may be -1, it is
  /// worked out.
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
    return builder.apply(Reshape(to: Shape(dims)), self)
  }

  /// All axes from `start` on as one.
  public func flattened(from start: Int = 0) -> Tensor {
    guard let start = axis(start, of: "flattened") else { return builder.poison() }
    let dims = shape.dims
    return reshaped(Shape(dims[..<start] + [dims[start...].reduce(1, *)]))
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

  /// The tensor repeated to a larger shape, aligned at the last axis.
  public func broadcast(to shape: Shape) -> Tensor {
    guard value != nil, shape != self.shape else { return self }
    guard shape.rank >= rank else {
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

  /// A new axis of extent 1 in front of axis `axis`; -1 adds it at the end.
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
    dims.remove(at: i)
    return reshaped(Shape(dims))
  }

  package func sliced(_ parts: [Slice.Part]) -> Tensor {
    guard value != nil else { return self }
    let whole = zip(parts, shape.dims).allSatisfy {
      $0.start == 0 && $0.step == 1 && $0.count == $1
    }
    return whole && parts.count == rank ? self : builder.apply(Slice(parts), self)
  }

  /// The elements `range` of an axis, each `step`-th.
  public func sliced(_ axis: Int, _ range: Range<Int>, step: Int = 1) -> Tensor {
    guard let axis = self.axis(axis, of: "sliced") else { return builder.poison() }
    guard step > 0 else {
      builder.fail(.positive("sliced", "step", step), operands: [self])
      return builder.poison()
    }
    guard range.lowerBound >= 0, range.upperBound <= shape[axis], !range.isEmpty else {
      builder.fail(
        .slice(axis: axis, range.lowerBound, range.upperBound, type), operands: [self])
      return builder.poison()
    }
    let parts = shape.dims.enumerated().map { i, extent in
      i == axis
        ? Slice.Part(start: range.lowerBound, step: step, count: (range.count + step - 1) / step)
        : Slice.Part(start: 0, count: extent)
    }
    return sliced(parts)
  }

  /// One element of an axis; the axis is gone.
  public func element(_ index: Int, of axis: Int = 0) -> Tensor {
    let slice = sliced(axis, index..<(index + 1))
    return slice.value == nil ? slice : slice.squeezed(axis)
  }

  /// The tensor with the order of some axes turned around.
  public func reversed(axes: [Int]) -> Tensor {
    guard let axes = self.axes(axes, of: "reversed") else { return builder.poison() }
    return sliced(
      shape.dims.enumerated().map { i, extent in
        axes.contains(i)
          ? Slice.Part(start: extent - 1, step: -1, count: extent)
          : Slice.Part(start: 0, count: extent)
      })
  }

  package func padded(_ parts: [Pad.Part], value: Double) -> Tensor {
    guard self.value != nil else { return self }
    if parts.allSatisfy({ $0 == Pad.Part(low: 0, high: 0) }) { return self }
    return builder.apply(Pad(parts, value: Literal(value, elementType)), self)
  }

  /// Elements of one value before and after the elements of each axis; negative numbers take
  /// elements away.
  public func padded(_ amounts: [(before: Int, after: Int)], value: Double = 0) -> Tensor {
    padded(amounts.map { Pad.Part(low: $0.before, high: $0.after) }, value: value)
  }
}

// Models see the functions of these names in GraphKit, which can report that there are no tensors.

/// Tensors one after the other along an axis.
@_disfavoredOverload
public func concatenate(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  guard let first = tensors.first else {
    preconditionFailure("'concatenate' needs at least one tensor")
  }
  guard let axis = first.axis(axis, of: "concatenate") else { return first.builder.poison() }
  if tensors.count == 1 { return first }
  guard tensors.allSatisfy({ $0.value != nil }), Tensor.together(tensors, "concatenate") else {
    return first.builder.poison()
  }
  return first.builder.apply(Concat(axis: axis), tensors)[0]
}

/// Tensors of one shape side by side along a new axis.
@_disfavoredOverload
public func stack(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  concatenate(tensors.map { $0.expanded(at: axis) }, axis: axis)
}
