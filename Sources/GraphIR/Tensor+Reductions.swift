package import LoopIR

extension Tensor {
  /// The elements joined over axes; no axes are all of them.
  package func reduce(_ monoid: Monoid, axes: [Int]?, keep: Bool) -> Tensor {
    guard value != nil else { return self }
    guard let axes = self.axes(axes, of: monoid.rawValue) else { return builder.poison() }
    let dims = shape.dims
    let kept = dims.indices.filter { !axes.contains($0) }
    guard !axes.isEmpty else { return self }
    // Names as in the comments of the C: those of results from n on, those joined from i on.
    var map: [Axis] = []
    var sums = [AxisSum](repeating: .axis(0), count: rank)
    for (i, axis) in (kept + axes.sorted()).enumerated() {
      sums[axis] = .axis(i)
      map.append(Axis(AxisNames.standard(axis, of: rank), dims[axis]))
    }
    let op = Reduce(monoid, AxisMap(map, resultRank: kept.count, operands: [sums]))
    let result = builder.apply(op, self)
    guard keep else { return result }
    return result.reshaped(Shape(dims.enumerated().map { axes.contains($0) ? 1 : $1 }))
  }

  /// The sum over axes, all if none are named. With `keep` the axes stay, of extent 1. That of
  /// integers and `bool` is `i64`, that of `u32` and `u64` is `u64`.
  public func sum(axes: [Int]? = nil, keep: Bool = false) -> Tensor {
    cast(to: elementType.ofTotal).reduce(.sum, axes: axes, keep: keep)
  }

  /// The product over axes, all if none are named; its types are those of `sum`.
  public func product(axes: [Int]? = nil, keep: Bool = false) -> Tensor {
    cast(to: elementType.ofTotal).reduce(.product, axes: axes, keep: keep)
  }

  /// The largest value over axes, all if none are named. Of several that are equal, the first gets
  /// the gradient.
  public func max(axes: [Int]? = nil, keep: Bool = false) -> Tensor {
    reduce(.maximum, axes: axes, keep: keep)
  }

  /// The smallest value over axes, all if none are named. Of several that are equal, the first
  /// gets the gradient.
  public func min(axes: [Int]? = nil, keep: Bool = false) -> Tensor {
    reduce(.minimum, axes: axes, keep: keep)
  }

  /// True where any value over axes is true.
  public func any(axes: [Int]? = nil, keep: Bool = false) -> Tensor {
    reduce(.any, axes: axes, keep: keep)
  }

  /// True where all values over axes are true.
  public func all(axes: [Int]? = nil, keep: Bool = false) -> Tensor {
    reduce(.all, axes: axes, keep: keep)
  }

  /// The position of the first largest value along an axis, as `i32`; what is no number counts as
  /// larger than all numbers. Flatten the tensor first for the position among all elements.
  public func argmax(axis: Int = -1, keep: Bool = false) -> Tensor {
    reduce(.argMaximum, axes: [axis], keep: keep)
  }

  /// The position of the first smallest value along an axis, as `i32`; what is no number counts as
  /// smaller than all numbers.
  public func argmin(axis: Int = -1, keep: Bool = false) -> Tensor {
    reduce(.argMinimum, axes: [axis], keep: keep)
  }

  /// How many values over axes are not zero, as `i64`.
  public func countNonZero(axes: [Int]? = nil, keep: Bool = false) -> Tensor {
    guard value != nil else { return self }
    let isCounted = elementType == .bool ? self : self .!= filled(0)
    return isCounted.sum(axes: axes, keep: keep)
  }

  /// The mean over axes, all if none are named.
  public func mean(axes: [Int]? = nil, keep: Bool = false) -> Tensor {
    mean(axes: axes, keep: keep, named: "mean")
  }

  /// The mean over axes, which a layer calls by a word: the mean of squares is its `variance`.
  package func mean(axes: [Int]?, keep: Bool = false, named word: String) -> Tensor {
    guard value != nil else { return self }
    guard elementType.isFloat else {
      builder.fail(.needsFloat("mean", type), operands: [self])
      return builder.poison()
    }
    return builder.part(word) {
      let total = sum(axes: axes, keep: keep)
      return total.value == nil ? total : total / Double(shape.count / total.shape.count)
    }
  }

  /// The variance over axes, by the mean of squared distances from the mean; `correction` is
  /// taken off the number of elements.
  public func variance(axes: [Int]? = nil, keep: Bool = false, correction: Int = 0) -> Tensor {
    let mean = mean(axes: axes, keep: true)
    guard mean.value != nil else { return mean }
    let distance = self - mean
    return builder.part("variance") {
      let total = (distance * distance).sum(axes: axes, keep: keep)
      return total.value == nil
        ? total : total / Double(Swift.max(shape.count / mean.shape.count - correction, 0))
    }
  }

  /// The logarithm of the sum of exponentials over axes, without overflow.
  public func logSumExp(axes: [Int]? = nil, keep: Bool = false) -> Tensor {
    guard value != nil else { return self }
    let largest = builder.part("max") { max(axes: axes, keep: true).stopGradient() }
    guard largest.value != nil else { return largest }
    // Infinite minus infinite is no number.
    let peak = builder.part("peak") { select(isFinite(largest), largest, largest.filled(0)) }
    let shares = exp(self - peak)
    let total = builder.part("sum") { shares.sum(axes: axes, keep: true) }
    let sum = builder.part("log_sum") { log(total) + peak }
    if keep || sum.value == nil { return sum }
    return sum.reshaped(self.sum(axes: axes).shape)
  }
}

/// Names for axes in kernels and their comments.
package enum AxisNames {
  /// The name of axis `axis` of a tensor: `n c y x` for images, `n c x` and `n i` below.
  package static func standard(_ axis: Int, of rank: Int) -> String {
    let names: [String] =
      switch rank {
      case 1: ["i"]
      case 2: ["n", "i"]
      case 3: ["n", "i", "j"]
      case 4: ["n", "c", "y", "x"]
      default: ["a", "b", "c", "d", "e", "f", "g", "h"]
      }
    return axis < names.count ? names[axis] : "a\(axis)"
  }
}
