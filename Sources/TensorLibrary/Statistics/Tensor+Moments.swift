public import GraphIR
internal import LoopIR

extension Tensor {
  /// How many values over axes are not zero, as `i64`.
  public func countNonZero(axes: [Int]? = nil, keep: Bool = false) -> Tensor {
    guard value != nil else { return self }
    let isCounted = elementType == .bool ? self : self .!= filled(0)
    return isCounted.sum(axes: axes, keep: keep)
  }

  /// The mean over axes, by default all.
  public func mean(axes: [Int]? = nil, keep: Bool = false) -> Tensor {
    mean(axes: axes, keep: keep, named: "mean")
  }

  /// The mean over axes, named by a word of the layer: the mean of squares is its `variance`.
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
  /// subtracted from the number of elements.
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

  /// The square root of `variance`.
  public func standardDeviation(axes: [Int]? = nil, keep: Bool = false, correction: Int = 0)
    -> Tensor
  {
    let variance = variance(axes: axes, keep: keep, correction: correction)
    return variance.value == nil ? variance : sqrt(variance)
  }

  /// The logarithm of the sum of exponentials over axes, without overflow.
  public func logSumExp(axes: [Int]? = nil, keep: Bool = false) -> Tensor {
    guard value != nil else { return self }
    let largest = builder.part("max") { max(axes: axes, keep: true).stopGradient() }
    guard largest.value != nil else { return largest }
    // Avoids infinity minus infinity, which is NaN.
    let peak = builder.part("peak") { select(isFinite(largest), largest, largest.filled(0)) }
    let shares = exp(self - peak)
    let total = builder.part("sum") { shares.sum(axes: axes, keep: true) }
    let sum = builder.part("log_sum") { log(total) + peak }
    if keep || sum.value == nil { return sum }
    return sum.reshaped(self.sum(axes: axes).shape)
  }
}
