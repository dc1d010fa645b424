public import GraphIR

// Reductions over one axis, counted from the last if it is negative; `axes:` takes several.
extension Tensor {
  /// The sum along an axis.
  public func sum(axis: Int, keep: Bool = false) -> Tensor {
    sum(axes: [axis], keep: keep)
  }

  /// The product along an axis.
  public func product(axis: Int, keep: Bool = false) -> Tensor {
    product(axes: [axis], keep: keep)
  }

  /// The mean along an axis.
  public func mean(axis: Int, keep: Bool = false) -> Tensor {
    mean(axes: [axis], keep: keep)
  }

  /// The largest value along an axis.
  public func max(axis: Int, keep: Bool = false) -> Tensor {
    max(axes: [axis], keep: keep)
  }

  /// The smallest value along an axis.
  public func min(axis: Int, keep: Bool = false) -> Tensor {
    min(axes: [axis], keep: keep)
  }

  /// True where any value along an axis is true.
  public func any(axis: Int, keep: Bool = false) -> Tensor {
    any(axes: [axis], keep: keep)
  }

  /// True where all values along an axis are true.
  public func all(axis: Int, keep: Bool = false) -> Tensor {
    all(axes: [axis], keep: keep)
  }

  /// How many values along an axis are not zero, as `i64`.
  public func countNonZero(axis: Int, keep: Bool = false) -> Tensor {
    countNonZero(axes: [axis], keep: keep)
  }

  /// The logarithm of the sum of exponentials along an axis, without overflow.
  public func logSumExp(axis: Int, keep: Bool = false) -> Tensor {
    logSumExp(axes: [axis], keep: keep)
  }

  /// The variance along an axis; `correction` is subtracted from the number of elements.
  public func variance(axis: Int, keep: Bool = false, correction: Int = 0) -> Tensor {
    variance(axes: [axis], keep: keep, correction: correction)
  }

  /// The standard deviation along an axis.
  public func standardDeviation(axis: Int, keep: Bool = false, correction: Int = 0) -> Tensor {
    standardDeviation(axes: [axis], keep: keep, correction: correction)
  }

  /// The `p`-norm along an axis.
  public func norm(_ p: Double = 2, axis: Int, keep: Bool = false) -> Tensor {
    norm(p, axes: [axis], keep: keep)
  }
}
