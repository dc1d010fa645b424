internal import LoopIR

extension Tensor {
  /// The elements that the parts pick, one part for each axis.
  package func sliced(_ parts: [Slice.Part]) -> Tensor {
    guard value != nil else { return self }
    let whole = zip(parts, shape.dims).allSatisfy {
      $0.start == 0 && $0.step == 1 && $0.count == $1
    }
    return whole && parts.count == rank ? self : builder.apply(Slice(parts), self)
  }

  // A part of one axis and all of the others.
  private func sliced(_ axis: Int, _ part: Slice.Part) -> Tensor {
    sliced(shape.dims.enumerated().map { $0 == axis ? part : Slice.Part(start: 0, count: $1) })
  }

  /// Every `step`-th element of an axis in `range`.
  ///
  /// A range that begins below 0 counts from the end: `-3..<(-1)`, or `-3..<0` for the last three.
  public func sliced(_ axis: Int, _ range: Range<Int>, step: Int = 1) -> Tensor {
    guard let axis = self.axis(axis, of: "sliced") else { return builder.poison() }
    guard step > 0 else {
      builder.fail(.positive("sliced", "step", step), operands: [self])
      return builder.poison()
    }
    let extent = shape[axis]
    let isBackward = range.lowerBound < 0
    let low = isBackward ? range.lowerBound + extent : range.lowerBound
    let high = isBackward && range.upperBound <= 0 ? range.upperBound + extent : range.upperBound
    guard low >= 0, high <= extent, low < high else {
      builder.fail(
        .slice(axis: axis, range.lowerBound, range.upperBound, type), operands: [self])
      return builder.poison()
    }
    return sliced(axis, Slice.Part(start: low, step: step, count: (high - low + step - 1) / step))
  }

  /// The elements of an axis from a position on; a negative position counts from the end.
  public func sliced(_ axis: Int, _ range: PartialRangeFrom<Int>, step: Int = 1) -> Tensor {
    sliced(axis, from: range.lowerBound, step: step)
  }

  /// The elements of an axis as Python writes `x[start:end:step]`.
  ///
  /// Negative positions count from the end, a negative step runs backwards, positions beyond the
  /// ends are clamped, and the default is the whole axis. At least one element must remain.
  public func sliced(_ axis: Int, from start: Int? = nil, to end: Int? = nil, step: Int = 1)
    -> Tensor
  {
    guard let axis = self.axis(axis, of: "sliced") else { return builder.poison() }
    return part(of: axis, from: start, to: end, step: step).map { sliced(axis, $0) }
      ?? builder.poison()
  }

  /// The elements `start:end:step` of an axis, as Python counts them; nil after reporting that
  /// there are none.
  package func part(of axis: Int, from start: Int?, to end: Int?, step: Int) -> Slice.Part? {
    guard step != 0 else {
      builder.fail(.positive("sliced", "step", step), operands: [self])
      return nil
    }
    let extent = shape[axis]
    // Clamped positions of a backward slice are one lower.
    let lowest = step > 0 ? 0 : -1
    func inside(_ position: Int) -> Int {
      Swift.min(Swift.max(position < 0 ? position + extent : position, lowest), extent + lowest)
    }
    let first = start.map(inside) ?? (step > 0 ? 0 : extent - 1)
    let last = end.map(inside) ?? (step > 0 ? extent : -1)
    let reach = step > 0 ? last - first : first - last
    guard reach > 0 else {
      builder.fail(.emptySlice(axis: axis, type), operands: [self])
      return nil
    }
    let size = step.magnitude > UInt(extent) ? extent : abs(step)
    return Slice.Part(
      start: first, step: step > 0 ? size : -size, count: (reach + size - 1) / size)
  }

  /// One element of an axis, counted from the end if negative, without the axis.
  public func element(_ index: Int, of axis: Int = 0) -> Tensor {
    let slice = sliced(axis, index..<(index + 1))
    return slice.value == nil ? slice : slice.squeezed(axis)
  }

  /// The tensor with some axes reversed.
  public func reversed(axes: [Int]) -> Tensor {
    guard let axes = self.axes(axes, of: "reversed") else { return builder.poison() }
    return sliced(
      shape.dims.enumerated().map { i, extent in
        axes.contains(i)
          ? Slice.Part(start: extent - 1, step: -1, count: extent)
          : Slice.Part(start: 0, count: extent)
      })
  }

  /// The axis split into consecutive parts of given sizes.
  public func split(_ sizes: [Int], axis: Int = 0) -> [Tensor] {
    let failed = sizes.map { _ in builder.poison() }
    guard let axis = self.axis(axis, of: "split") else { return failed }
    guard sizes.allSatisfy({ $0 > 0 }), sizes.reduce(0, +) == shape[axis] else {
      builder.fail(.split(sizes, axis, type), operands: [self])
      return failed
    }
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return sliced(axis, Slice.Part(start: start, count: size))
    }
  }

  /// The axis split into parts of one size; the last may be smaller.
  public func split(every size: Int, axis: Int = 0) -> [Tensor] {
    guard let axis = self.axis(axis, of: "split") else { return [builder.poison()] }
    guard size > 0 else {
      builder.fail(.positive("split", "size", size), operands: [self])
      return [builder.poison()]
    }
    let extent = shape[axis]
    return split(
      stride(from: 0, to: extent, by: size).map { Swift.min(size, extent - $0) }, axis: axis)
  }

  /// The axis split into at most `count` parts; all but the last have the same size.
  public func chunked(_ count: Int, axis: Int = 0) -> [Tensor] {
    let failed = (0..<Swift.max(count, 1)).map { _ in builder.poison() }
    guard let axis = self.axis(axis, of: "chunked") else { return failed }
    guard count > 0 else {
      builder.fail(.positive("chunked", "count", count), operands: [self])
      return failed
    }
    return split(every: (shape[axis] + count - 1) / count, axis: axis)
  }

  /// The elements of an axis one by one, without the axis.
  public func unstacked(axis: Int = 0) -> [Tensor] {
    guard let axis = self.axis(axis, of: "unstacked") else { return [builder.poison()] }
    return (0..<shape[axis]).map { element($0, of: axis) }
  }

  /// The elements of an axis shifted by a number of places; those that leave at one end come back
  /// at the other.
  public func rolled(by shift: Int, axis: Int = -1) -> Tensor {
    guard let axis = self.axis(axis, of: "rolled") else { return builder.poison() }
    let extent = shape[axis]
    let places = ((shift % extent) + extent) % extent
    if places == 0 { return self }
    return concatenate(
      [sliced(axis, (extent - places)..<extent), sliced(axis, 0..<(extent - places))], axis: axis)
  }

  /// The plane of two axes rotated by multiples of 90 degrees, from the first axis towards the
  /// second.
  public func rotated(quarterTurns turns: Int = 1, axes: (Int, Int) = (0, 1)) -> Tensor {
    guard let plane = self.axes([axes.0, axes.1], of: "rotated") else { return builder.poison() }
    switch ((turns % 4) + 4) % 4 {
    case 0: return self
    case 1: return reversed(axes: [plane[1]]).swappedAxes(plane[0], plane[1])
    case 2: return reversed(axes: plane)
    default: return reversed(axes: [plane[0]]).swappedAxes(plane[0], plane[1])
    }
  }
}
