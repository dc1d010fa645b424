import GraphIR
import GraphKit
import LoopIR

// Orders, and results that run along an axis.

func addOrders(_ table: inout OpInfoTable) {
  addSorts(&table)
  addMiddles(&table)
  addQuantiles(&table)
  addRunning(&table)
}

/// Applies a function along an axis; a single number is a line of one.
func along(
  _ x: Tensor, _ axis: Int, _ results: (_ line: Tensor, _ axis: Int) throws -> [Tensor]
) throws -> [Tensor] {
  if x.rank > 0 { return try results(x, axis) }
  return try results(x.reshaped([1]), 0).map { $0.shape.count == 1 ? $0.reshaped([]) : $0 }
}

/// Returns a tensor that has an order: `bool` counts as 0 and 1.
private func ordered(_ x: Tensor) -> Tensor { x.elementType == .bool ? x.cast(to: .i32) : x }

/// Returns values and positions with the reduced axis kept, if that is wanted.
private func keeping(_ keep: Bool, _ axis: Int, _ pair: (Tensor, Tensor)) -> [Tensor] {
  [pair.0, pair.1].map { keep ? $0.expanded(at: axis) : $0 }
}

/// Returns positions, where PyTorch's are as good: its `topk` and `kthvalue` may name any of
/// several elements that are equal.
private func agreed(
  _ x: Tensor, _ pair: (values: Tensor, positions: Tensor), _ expected: OpInfoTensor, _ axis: Int
) -> Tensor {
  let (values, positions) = pair
  if x.elementType.isFloat { return positions }
  let theirs = Tensor(values: expected.values, shape: positions.shape, .i32)
  func isRight(_ places: Tensor) -> Tensor { x.takeAlongAxis(places, axis: axis) .== values }
  return select(isRight(positions) .&& isRight(theirs), theirs, positions)
}

private func addSorts(_ table: inout OpInfoTable) {
  table.addMany("sort") { call in
    let x = try call.x
    return try along(x, try call.axis(x, 1, or: -1)) { line, axis in
      let (values, positions) = ordered(line).sorted(
        axis: axis, descending: call.flag(2, "descending"))
      return [values.cast(to: x.elementType), positions]
    }
  }
  table.addMany("argsort") { call in
    let x = try call.x
    return try along(x, try call.axis(x, 1, or: -1)) { line, axis in
      [ordered(line).argsort(axis: axis, descending: call.flag(2, "descending"))]
    }
  }
  table.add("msort") { ordered(try $0.x).sorted(axis: 0).values.cast(to: try $0.x.elementType) }
  table.addMany("topk") { call in
    let x = try call.x
    let count = try call.int(1, "k") ?? 1
    return try along(x, try call.axis(x, 2, or: -1)) { line, axis in
      let found = line.topK(count, axis: axis, largest: call.flag(3, "largest", true))
      return [found.values, agreed(line, found, call.sample.outputs[1].tensor, axis)]
    }
  }
  table.addMany("kthvalue") { call in
    let x = try call.x
    let number = try call.int(1, "k") ?? 1
    return try along(x, try call.axis(x, 2, or: -1)) { line, axis in
      let found = line.kthValue(number, axis: axis)
      let kept = (found.values.expanded(at: axis), found.positions.expanded(at: axis))
      let positions = agreed(line, kept, call.sample.outputs[1].tensor, axis)
      return keeping(call.flag(3, "keepdim"), axis, (found.values, positions.squeezed(axis)))
    }
  }
}

/// The middle one of what is a number along an axis, and where it is.
func medianOfNumbers(_ x: Tensor, axis: Int) -> (values: Tensor, positions: Tensor) {
  let order = x.argsort(axis: axis)
  let count = (.!isNaN(x)).cast(to: .i32).sum(axes: [axis], keep: true)
  let middle = maximum(count - 1, 0).divided(by: 2, rounding: .down)
  let position = order.takeAlongAxis(middle, axis: axis)
  return (x.takeAlongAxis(position, axis: axis).squeezed(axis), position.squeezed(axis))
}

/// The most frequent element along an axis, the smallest of several, and where it is last.
private func mode(_ x: Tensor, axis: Int) -> (values: Tensor, positions: Tensor) {
  let numbers = ordered(x).movedAxis(axis, to: -1)
  let equal = numbers.expanded(at: -1) .== numbers.expanded(at: numbers.rank - 1)
  let counts = equal.cast(to: .i32).sum(axes: [-1])
  let isMost = counts .== counts.max(axes: [-1], keep: true)
  let largest = numbers.max(axes: [-1], keep: true)
  let value = select(isMost, numbers, largest + numbers.filled(0)).min(axes: [-1], keep: true)
  let fromEnd = (numbers .== value).reversed(axes: [numbers.rank - 1]).cast(to: .i32)
  let position = (x.dims[axis] - 1) - fromEnd.argmax(axis: -1)
  let place = position.expanded(at: axis)
  return (x.takeAlongAxis(place, axis: axis).squeezed(axis), position)
}

private func addMiddles(_ table: inout OpInfoTable) {
  table.addMany("median", "nanmedian") { call in
    let x = try call.x
    func median(_ x: Tensor, _ axis: Int) -> (values: Tensor, positions: Tensor) {
      call.sample.name == "nanmedian" && x.elementType.isFloat
        ? medianOfNumbers(x, axis: axis) : x.median(axis: axis)
    }
    if call.value(1, "dim") == nil { return [median(x.reshaped([-1]), 0).values] }
    return try along(x, try call.axis(x)) { line, axis in
      keeping(call.flag(2, "keepdim"), axis, median(line, axis))
    }
  }
  table.addMany("mode") { call in
    let x = try call.x
    return try along(x, try call.axis(x, 1, or: -1)) { line, axis in
      keeping(call.flag(2, "keepdim"), axis, mode(line, axis: axis))
    }
  }
}

private func addQuantiles(_ table: inout OpInfoTable) {
  table.add("quantile", "nanquantile") { call in
    let x = try call.x
    let share = try call.tensor(1)
    let keep = call.flag(3, "keepdim")
    let axis = call.value(2, "dim") == nil ? nil : try call.axis(x, 2)
    let line = axis.map { x.rank == 0 ? x.reshaped([1]) : x.movedAxis($0, to: -1) }
    let sorted = (line ?? x.reshaped([-1])).sorted().values
    let isBad = isNaN(sorted)
    let skips = call.sample.name == "nanquantile"
    let count =
      skips
      ? (.!isBad).cast(to: x.elementType).sum(axes: [-1], keep: true)
      : full(Shape(sorted.dims.dropLast() + [1]), Double(sorted.dims.last ?? 1), x.elementType)
    // The shares are the first axis.
    let shares = share.reshaped(
      Shape([share.shape.count] + Array(repeating: 1, count: sorted.rank)))
    var rank = shares * maximum(count - 1, 0).expanded(at: 0)
    switch call.text(4, "interpolation") {
    case "lower": rank = floor(rank)
    case "higher": rank = ceil(rank)
    case "nearest": rank = round(rank)
    default: break
    }
    let below = floor(rank).stopGradient()
    let table = sorted.expanded(at: 0)
    func element(_ place: Tensor) -> Tensor {
      table.takeAlongAxis(place.stopGradient().cast(to: .i32), axis: -1)
    }
    let (low, high) = (element(below), element(ceil(rank)))
    let weight = call.text(4, "interpolation") == "midpoint" ? below * 0 + 0.5 : rank - below
    var y = low + (high - low) * weight
    if !skips { y = select(isBad.any(axes: [-1], keep: true).expanded(at: 0), y.filled(.nan), y) }
    var dims = Array(sorted.dims.dropLast())
    if keep, x.rank > 0 {
      dims = x.dims.enumerated().map { i, extent in i == axis ?? i ? 1 : extent }
    } else if axis != nil, x.rank == 0 {
      dims = []
    }
    return y.reshaped(Shape((share.rank == 0 ? [] : [share.shape.count]) + dims))
  }
}

private func addRunning(_ table: inout OpInfoTable) {
  let sums: [(String, (Tensor, Int) -> Tensor)] = [
    ("cumsum", { $0.cumulativeSum(axis: $1) }), ("cumprod", { $0.cumulativeProduct(axis: $1) }),
    ("logcumsumexp", { $0.cumulativeLogSumExp(axis: $1) }),
  ]
  for (name, function) in sums {
    table.addMany(name) { call in
      let x = try call.x
      // PyTorch adds integers in 64 bits.
      let type = call.type() ?? (x.elementType.isFloat ? x.elementType : .i64)
      return try along(x.cast(to: type), try call.axis(x)) { [function($0, $1)] }
    }
  }
  for name in ["cummax", "cummin"] {
    table.addMany(name) { call in
      let x = try call.x
      return try along(ordered(x), try call.axis(x)) { line, axis in
        let (values, positions) =
          name == "cummax" ? line.cumulativeMax(axis: axis) : line.cumulativeMin(axis: axis)
        return [values.cast(to: x.elementType), positions]
      }
    }
  }
  table.add("trapz", "trapezoid", "cumulative_trapezoid") { call in
    let y = float(try call.x)
    let axis = try call.axis(y, nil, or: -1)
    func parts(_ t: Tensor, _ axis: Int) -> (Tensor, Tensor) {
      let extent = t.dims[axis]
      return (t.sliced(axis, 0..<(extent - 1)), t.sliced(axis, 1..<extent))
    }
    let (left, right) = parts(y, axis)
    var areas = (left + right) * 0.5
    if let x = try call.optionalTensor(1, "x").map({ float($0) }) {
      let isLine = x.rank == 1 && y.rank != 1
      let (from, to) = isLine ? parts(x, 0) : parts(x, axis - y.rank + x.rank)
      let widths = to - from
      areas *=
        isLine
        ? widths.reshaped(Shape([widths.dims[0]] + Array(repeating: 1, count: y.rank - axis - 1)))
        : widths
    } else {
      areas = areas * (try call.number(nil, "dx") ?? 1)
    }
    return call.sample.name == "cumulative_trapezoid"
      ? areas.cumulativeSum(axis: axis) : areas.sum(axes: [axis])
  }
}
