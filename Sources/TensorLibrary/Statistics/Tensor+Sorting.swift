public import GraphIR
internal import LoopIR

// Equal elements stay in their order, and NaN counts as larger than all numbers. The positions are
// `i32`; gradients reach the elements that were moved.
extension Tensor {
  /// The positions of the elements along an axis in ascending or descending order.
  public func argsort(axis: Int = -1, descending: Bool = false) -> Tensor {
    firstPositions(nil, axis: axis, descending: descending, of: "argsort")
  }

  /// The elements along an axis in ascending or descending order, and where each one was.
  public func sorted(axis: Int = -1, descending: Bool = false)
    -> (values: Tensor, positions: Tensor)
  {
    let positions = firstPositions(nil, axis: axis, descending: descending, of: "sorted")
    return (taken(positions, axis), positions)
  }

  /// The largest or smallest `count` elements along an axis, the most extreme first, and where
  /// each one was.
  public func topK(_ count: Int, axis: Int = -1, largest: Bool = true)
    -> (values: Tensor, positions: Tensor)
  {
    let positions = firstPositions(count, axis: axis, descending: largest, of: "topK")
    return (taken(positions, axis), positions)
  }

  /// The `number`-th smallest element along an axis, counted from 1, and its position, without the
  /// axis.
  public func kthValue(_ number: Int, axis: Int = -1) -> (values: Tensor, positions: Tensor) {
    let first = firstPositions(number, axis: axis, descending: false, of: "kthValue")
    guard first.value != nil, let axis = self.axis(axis, of: "kthValue") else {
      return (first, first)
    }
    let last = first.sliced(axis, (number - 1)..<number)
    return (taken(last, axis).squeezed(axis), last.squeezed(axis))
  }

  /// The middle element along an axis, the smaller one of two, and its position, without the axis.
  /// As in PyTorch, the value is NaN if one of the elements is.
  public func median(axis: Int = -1) -> (values: Tensor, positions: Tensor) {
    guard let axis = self.axis(axis, of: "median") else {
      return (builder.poison(), builder.poison())
    }
    let (middle, position) = kthValue((shape[axis] + 1) / 2, axis: axis)
    guard middle.value != nil, elementType.isFloat else { return (middle, position) }
    // PyTorch gives the position of the first NaN.
    let isBad = isNaN(self)
    let hasBad = isBad.any(axes: [axis])
    let firstBad = isBad.cast(to: .i32).argmax(axis: axis)
    return (select(hasBad, middle.filled(.nan), middle), select(hasBad, firstBad, position))
  }

  private func taken(_ positions: Tensor, _ axis: Int) -> Tensor {
    guard positions.value != nil, let axis = self.axis(axis, of: "takeAlongAxis") else {
      return builder.poison()
    }
    return builder.apply(TakeAlongAxis(axis: axis), self, positions)
  }

  private func firstPositions(_ count: Int?, axis: Int, descending: Bool, of op: String) -> Tensor {
    guard let axis = self.axis(axis, of: op) else { return builder.poison() }
    let count = count ?? shape[axis]
    guard count >= 1 else {
      builder.fail(.positive(op, "number of elements", count), operands: [self])
      return builder.poison()
    }
    guard count <= shape[axis] else {
      builder.fail(.moreThanThere(op, count, axis, type), operands: [self])
      return builder.poison()
    }
    let op = ArgSort(axis: axis, count: count, descending: descending)
    return builder.apply(op, [self])[0]
  }
}

extension Tensor {
  /// For each value, how many elements of a sorted row come before it: `self` ascends along its
  /// last axis; a value is looked up in the row with the same leading positions, or in the only
  /// row. With `right`, elements equal to the value come before it, too.
  public func searchSorted(_ values: Tensor, right: Bool = false) -> Tensor {
    guard value != nil, values.value != nil else { return builder.poison() }
    guard Tensor.together([self, values], "searchSorted") else { return builder.poison() }
    return builder.apply(SearchSorted(right ? .right : .left), self, values)
  }

  /// For each element, in which of the intervals between ascending boundaries it lies: 0 below the
  /// first. An element that equals a boundary counts as below it, or with `right` as above.
  public func bucketized(_ boundaries: Tensor, right: Bool = false) -> Tensor {
    boundaries.searchSorted(self, right: right)
  }

  /// How often each of the integers from 0 to `count - 1` occurs, as `i32`; or the sum of the
  /// weights of its occurrences. Other integers are not counted.
  public func binCount(_ count: Int, weights: Tensor? = nil) -> Tensor {
    guard value != nil else { return self }
    guard elementType.isInteger else {
      builder.fail(.needsInteger("binCount", "numbers", type), operands: [self])
      return builder.poison()
    }
    guard count >= 1 else {
      builder.fail(.positive("binCount", "count", count), operands: [self])
      return builder.poison()
    }
    let weights = weights ?? filled(1, as: .i32)
    guard weights.value != nil, Tensor.together([self, weights], "binCount") else {
      return builder.poison()
    }
    guard weights.shape == shape else {
      builder.fail(.shapesDiffer("binCount", type, weights.type), operands: [self, weights])
      return builder.poison()
    }
    var isInside = self .< count
    if elementType.isSigned { isInside = (self .>= 0) .&& isInside }
    if elementType.stored(Double(count)) != Double(count) { isInside = self .>= filled(0) }
    let flat = select(isInside, weights, weights.filled(0)).reshaped([shape.count])
    let zeros = builder.constant(0, TensorType(weights.elementType, [count]))
    return builder.apply(Scatter(.add, axis: 0), zeros, reshaped([shape.count]), flat)
  }

  /// How many elements lie in each of `bins` intervals of one width, as `i32`; or the sum of their
  /// weights. The upper end of the range belongs to the last; elements outside are not counted.
  public func histogram(bins: Int, in range: ClosedRange<Double>, weights: Tensor? = nil) -> Tensor
  {
    guard value != nil else { return self }
    guard elementType.isFloat else {
      builder.fail(.needsFloat("histogram", type), operands: [self])
      return builder.poison()
    }
    guard bins >= 1 else {
      builder.fail(.positive("histogram", "number of bins", bins), operands: [self])
      return builder.poison()
    }
    let width = range.upperBound - range.lowerBound
    let place = floor((self - range.lowerBound) * (Double(bins) / width))
    let isInside = (self .>= range.lowerBound) .&& (self .<= range.upperBound)
    let last = minimum(place, Double(bins - 1))
    let bin = select(isInside, last, last.filled(-1)).cast(to: .i32)
    return bin.binCount(bins, weights: weights)
  }
}
