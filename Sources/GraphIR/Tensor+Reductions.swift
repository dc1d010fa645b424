package import LoopIR

extension Tensor {
  /// The reduction over axes; no axes are all of them.
  package func reduce(_ monoid: Monoid, axes: [Int]?, keep: Bool) -> Tensor {
    guard value != nil else { return self }
    guard let axes = self.axes(axes, of: monoid.rawValue) else { return builder.poison() }
    let dims = shape.dims
    let kept = dims.indices.filter { !axes.contains($0) }
    guard !axes.isEmpty else { return self }
    // Names for comments in C: axes of the result from n on, reduced axes from i on.
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

  /// The sum over axes, by default all. With `keep` the axes stay, with extent 1. Sums of integers
  /// and `bool` are `i64`, sums of `u32` and `u64` are `u64`.
  public func sum(axes: [Int]? = nil, keep: Bool = false) -> Tensor {
    cast(to: elementType.ofTotal).reduce(.sum, axes: axes, keep: keep)
  }

  /// The product over axes, by default all; its types are those of `sum`.
  public func product(axes: [Int]? = nil, keep: Bool = false) -> Tensor {
    cast(to: elementType.ofTotal).reduce(.product, axes: axes, keep: keep)
  }

  /// The largest value over axes, by default all. Of several equal values, the first gets the
  /// gradient.
  public func max(axes: [Int]? = nil, keep: Bool = false) -> Tensor {
    reduce(.maximum, axes: axes, keep: keep)
  }

  /// The smallest value over axes, by default all. Of several equal values, the first gets the
  /// gradient.
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

  /// The position of the first largest value along an axis, as `i32`; NaN counts as larger than all
  /// numbers. Flatten the tensor first for the position among all elements.
  public func argmax(axis: Int = -1, keep: Bool = false) -> Tensor {
    reduce(.argMaximum, axes: [axis], keep: keep)
  }

  /// The position of the first smallest value along an axis, as `i32`; NaN counts as smaller than
  /// all numbers.
  public func argmin(axis: Int = -1, keep: Bool = false) -> Tensor {
    reduce(.argMinimum, axes: [axis], keep: keep)
  }
}
