public import GraphIR
internal import LoopIR

/// How a new element is combined with the old one.
public enum ScatterRule: Sendable {
  /// The last one in row-major order stays.
  case set
  /// The sum.
  case add
  /// The largest one.
  case max
  /// The smallest one.
  case min

  var rule: Scatter.Rule {
    switch self {
    case .set: .set
    case .add: .add
    case .max: .maximum
    case .min: .minimum
    }
  }
}

extension Tensor {
  /// The tensor with elements changed at positions along an axis: `positions` and `values` have one
  /// shape, in which no other axis is longer than that of `self`.
  ///
  /// Positions are clamped to the axis. Equal extremes share the gradient of `.max` and `.min`
  /// evenly. Without `includingSelf`, old elements at changed places do not count.
  public func scattered(
    _ values: Tensor, at positions: Tensor, axis: Int = -1, by rule: ScatterRule = .set,
    includingSelf: Bool = true
  ) -> Tensor {
    guard let axis = self.axis(axis, of: "scattered"), values.value != nil,
      positions.value != nil, Tensor.together([self, values, positions], "scattered")
    else { return builder.poison() }
    func changed(_ start: Tensor, _ values: Tensor, _ rule: Scatter.Rule) -> Tensor {
      start.value == nil
        ? start : builder.apply(Scatter(rule, axis: axis), start, positions, values)
    }
    if includingSelf || rule.rule == .set { return changed(self, values, rule.rule) }
    let neutral = values.filled(rule.rule.neutral(elementType))
    return changed(changed(self, neutral, .set), values, rule.rule)
  }

  /// The tensor with whole slices of an axis changed: `positions` is a vector that names one for
  /// each slice of `values`, in their order.
  public func scattered(
    slices values: Tensor, at positions: Tensor, axis: Int = 0, by rule: ScatterRule = .set
  ) -> Tensor {
    guard let axis = self.axis(axis, of: "scattered"), values.value != nil,
      positions.value != nil
    else { return builder.poison() }
    var dims = shape.dims
    guard positions.rank == 1, values.rank == rank else {
      builder.fail(
        .slicePositions(axis, values.type, positions.type), operands: [values, positions])
      return builder.poison()
    }
    dims[axis] = positions.shape.count
    guard values.shape.dims == dims else {
      builder.fail(
        .slicePositions(axis, values.type, positions.type), operands: [values, positions])
      return builder.poison()
    }
    let spread = positions.broadcast(to: values.shape, axes: [axis])
    return scattered(values, at: spread, axis: axis, by: rule)
  }

  /// The tensor with elements, or slices of the last axes, changed at points: the last axis of
  /// `points` holds a position for each of the first axes.
  public func scattered(_ values: Tensor, points: Tensor, by rule: ScatterRule = .set) -> Tensor {
    guard value != nil, values.value != nil else { return builder.poison() }
    guard let (rows, count) = rows(of: points, "scattered") else { return builder.poison() }
    let rest = shape.dims[count...]
    guard values.shape.dims == points.shape.dims.dropLast() + rest else {
      builder.fail(
        .pointValues("scattered", type, points.type, values.type), operands: [self, points, values])
      return builder.poison()
    }
    let inner = rest.reduce(1, *)
    let table = reshaped([shape.count / inner, inner])
    let flat = values.reshaped([values.shape.count / inner, inner])
    return table.scattered(slices: flat, at: rows.reshaped([-1]), by: rule).reshaped(shape)
  }

  /// The elements, or slices of the last axes, at points: the last axis of `points` holds a
  /// position for each of the first axes.
  public func gather(points: Tensor) -> Tensor {
    guard value != nil else { return self }
    guard let (rows, count) = rows(of: points, "gather") else { return builder.poison() }
    let rest = Array(shape.dims[count...])
    let table = reshaped(Shape([shape.dims[..<count].reduce(1, *)] + rest))
    return table.gather(rows)
  }

  /// For each position the element there along an axis: `positions` has the rank of `self`, and an
  /// axis of extent 1 is repeated. Positions outside the axis count as its nearest end.
  public func takeAlongAxis(_ positions: Tensor, axis: Int = -1) -> Tensor {
    guard let axis = self.axis(axis, of: "takeAlongAxis"), positions.value != nil,
      Tensor.together([self, positions], "takeAlongAxis")
    else { return builder.poison() }
    guard positions.rank == rank else {
      builder.fail(
        .positionsLeave("takeAlongAxis", axis, type, positions.type), operands: [self, positions])
      return builder.poison()
    }
    var (own, wanted) = (shape.dims, positions.shape.dims)
    for i in 0..<rank where i != axis {
      if own[i] == 1 { own[i] = wanted[i] }
      if wanted[i] == 1 { wanted[i] = own[i] }
    }
    return builder.apply(
      TakeAlongAxis(axis: axis), broadcast(to: Shape(own)), positions.broadcast(to: Shape(wanted)))
  }

  /// A part of given extents that begins at positions known only at run time, one number of integer
  /// type for each axis. Positions are clamped so that the part lies inside.
  public func dynamicSlice(from starts: [Tensor], sizes: [Int]) -> Tensor {
    guard value != nil, starts.allSatisfy({ $0.value != nil }),
      Tensor.together([self] + starts, "dynamicSlice")
    else { return builder.poison() }
    guard starts.count == rank else {
      builder.fail(.startCount("dynamicSlice", starts.count, type), operands: [self])
      return builder.poison()
    }
    return builder.apply(DynamicSlice(sizes), [self] + starts)[0]
  }

  /// The tensor with a part replaced that begins at positions known only at run time, one number of
  /// integer type for each axis. Positions are clamped so that the part lies inside.
  public func dynamicUpdate(_ patch: Tensor, from starts: [Tensor]) -> Tensor {
    guard value != nil, patch.value != nil, starts.allSatisfy({ $0.value != nil }),
      Tensor.together([self, patch] + starts, "dynamicUpdate")
    else { return builder.poison() }
    return builder.apply(DynamicUpdate(), [self, patch] + starts)[0]
  }

  // The points as positions in the first axes taken as one, and how many these are.
  private func rows(of points: Tensor, _ op: String) -> (rows: Tensor, count: Int)? {
    guard points.value != nil, Tensor.together([self, points], op) else { return nil }
    guard points.elementType.isInteger else {
      builder.fail(.needsInteger(op, "points", points.type), operands: [points])
      return nil
    }
    guard points.rank >= 1, points.shape[-1] <= rank else {
      builder.fail(.pointRank(op, type, points.type), operands: [self, points])
      return nil
    }
    let count = points.shape[-1]
    var row = builder.constant(0, TensorType(.i32, points.shape.dims.dropLast()))
    for axis in 0..<count {
      let position = points.element(axis, of: -1).cast(to: .i32)
      let inside = minimum(maximum(position, 0), shape[axis] - 1)
      row = axis == 0 ? inside : row * shape[axis] + inside
    }
    return (row, count)
  }
}

extension Scatter.Rule {
  // The neutral element.
  fileprivate func neutral(_ type: ElementType) -> Double {
    switch self {
    case .set, .add: 0
    case .maximum: type.isFloat ? -.infinity : type.range.lowerBound
    case .minimum: type.isFloat ? .infinity : type.range.upperBound
    }
  }
}

extension ElementType {
  // The numbers of an integer type.
  fileprivate var range: ClosedRange<Double> {
    let half = Double(UInt64(1) << UInt64(size * 8 - 1))
    // The largest 64-bit integers have no exact 64-bit float.
    func below(_ end: Double) -> Double { size == 8 ? end.nextDown : end - 1 }
    return isSigned ? -half...below(half) : 0...below(2 * half)
  }
}
