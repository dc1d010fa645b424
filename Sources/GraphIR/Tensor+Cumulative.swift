internal import LoopIR

// With `reversed`, an element is combined with those after it instead of those before it.
extension Tensor {
  /// The running sum along an axis.
  public func cumulativeSum(axis: Int = -1, reversed: Bool = false) -> Tensor {
    cumulative(.sum, "cumulativeSum", axis, reversed)
  }

  /// The running product along an axis.
  public func cumulativeProduct(axis: Int = -1, reversed: Bool = false) -> Tensor {
    cumulative(.product, "cumulativeProduct", axis, reversed)
  }

  /// The logarithm of the sum of exponentials of each element and all before it along an axis,
  /// without overflow.
  public func cumulativeLogSumExp(axis: Int = -1, reversed: Bool = false) -> Tensor {
    cumulative(.logSumExp, "cumulativeLogSumExp", axis, reversed)
  }

  /// The largest element so far along an axis, and where it is as `i32`: the later one of two that
  /// are equal, as in PyTorch.
  public func cumulativeMax(axis: Int = -1, reversed: Bool = false)
    -> (values: Tensor, positions: Tensor)
  {
    extreme(.argMaximum, "cumulativeMax", axis, reversed)
  }

  /// The smallest element so far along an axis, and where it is as `i32`: the later one of two
  /// that are equal, as in PyTorch.
  public func cumulativeMin(axis: Int = -1, reversed: Bool = false)
    -> (values: Tensor, positions: Tensor)
  {
    extreme(.argMinimum, "cumulativeMin", axis, reversed)
  }

  /// Each element of the result is the one before it along an axis times a factor, plus the
  /// element of `self`: `h[i] = factors[i] * h[i - 1] + self[i]`, where `h[-1]` is 0.
  ///
  /// Discounted sums of rewards, moving averages and linear state-space models are recurrences.
  public func linearRecurrence(_ factors: Tensor, axis: Int = -1, reversed: Bool = false) -> Tensor
  {
    guard let axis = self.axis(axis, of: "linearRecurrence"), factors.value != nil,
      Tensor.together([self, factors], "linearRecurrence")
    else { return builder.poison() }
    guard factors.shape == shape else {
      builder.fail(
        .shapesDiffer("linearRecurrence", type, factors.type), operands: [self, factors])
      return builder.poison()
    }
    func turned(_ x: Tensor) -> Tensor { reversed ? x.reversed(axes: [axis]) : x }
    return turned(builder.apply(Recurrence(axis: axis), turned(factors), turned(self)))
  }

  /// The tensor shifted along an axis by some places, with the free ones filled with a value.
  package func shifted(_ axis: Int, by places: Int, filling value: Double) -> Tensor {
    let parts = (0..<rank).map { i in
      i == axis ? Pad.Part(low: places, high: -places) : Pad.Part(low: 0, high: 0)
    }
    return padded(parts, value: value)
  }

  private func cumulative(
    _ rule: Cumulative.Rule, _ op: String, _ axis: Int, _ reversed: Bool
  ) -> Tensor {
    guard let axis = self.axis(axis, of: op) else { return builder.poison() }
    func turned(_ x: Tensor) -> Tensor { reversed ? x.reversed(axes: [axis]) : x }
    return turned(builder.apply(Cumulative(rule, axis: axis), turned(self)))
  }

  private func extreme(
    _ rule: Cumulative.Rule, _ op: String, _ axis: Int, _ reversed: Bool
  ) -> (values: Tensor, positions: Tensor) {
    guard let axis = self.axis(axis, of: op) else { return (builder.poison(), builder.poison()) }
    var positions = cumulative(rule, op, axis, reversed)
    guard positions.value != nil else { return (positions, positions) }
    if reversed { positions = (shape[axis] - 1) - positions }
    return (builder.apply(TakeAlongAxis(axis: axis), self, positions), positions)
  }
}
