import GraphIR
import GraphKit
import LoopIR

// Elements that are set or joined at positions.

func addScatterings(_ table: inout OpInfoTable) {
  addElementScatters(&table)
  addReducedScatters(&table)
  addSliceScatters(&table)
  addMaskedScatters(&table)
}

/// Joins `values` with the elements of `x` at positions along an axis, as PyTorch names the rule.
private func joined(
  _ x: Tensor, _ positions: Tensor, _ values: Tensor, _ axis: Int, _ rule: String,
  includingSelf: Bool = true
) throws -> Tensor {
  if x.rank == 0 {
    return try joined(
      x.reshaped([1]), positions.reshaped([1]), values.reshaped([1]), 0, rule,
      includingSelf: includingSelf
    ).reshaped([])
  }
  let parts = zip(0..<x.rank, positions.dims).reduce(values) { values, entry in
    values.dims[entry.0] == entry.1 ? values : values.sliced(entry.0, 0..<entry.1)
  }
  if x.elementType == .bool, !rule.isEmpty {
    // A sum of truths is whether one holds, like the largest; a product is whether all hold.
    let isAll = rule == "amin" || rule == "prod"
    let numbers = try joined(
      x.cast(to: .i32), positions, parts.cast(to: .i32), axis, isAll ? "amin" : "amax",
      includingSelf: includingSelf)
    return numbers.cast(to: .bool)
  }
  func scattered(_ rule: ScatterRule) -> Tensor {
    x.scattered(parts, at: positions, axis: axis, by: rule, includingSelf: includingSelf)
  }
  switch rule {
  case "": return scattered(.set)
  case "add", "sum": return scattered(.add)
  case "amax": return scattered(.max)
  case "amin": return scattered(.min)
  case "mean":
    let start = x.filled(includingSelf ? 1 : 0)
    let hits = start.scattered(parts.filled(1), at: positions, axis: axis, by: .add)
    let count = maximum(hits, 1)
    let sum = scattered(.add)
    return x.elementType.isFloat ? sum / count : sum.divided(by: count, rounding: .down)
  default: throw Inexpressible("a product of what comes to a place")
  }
}

private func addElementScatters(_ table: inout OpInfoTable) {
  table.add("scatter", "scatter_add") {
    let x = try $0.x
    let positions = try $0.tensor(2)
    var values = try $0.tensor(3)
    if case .tensor? = $0.value(3) {} else { values = values.broadcast(to: positions.shape) }
    let rule = $0.sample.name == "scatter_add" ? "add" : $0.text(nil, "reduce")
    return try joined(x, positions, values.cast(to: x.elementType), try $0.axis(x), rule)
  }
  table.add("put") {
    let x = try $0.x
    let index = try $0.tensor(1).reshaped([-1])
    // Negative numbers count from the end.
    let places = select(index .< 0, index + x.shape.count, index)
    let values = try $0.tensor(2).reshaped([-1])
    let rule = $0.flag(3, "accumulate") ? "add" : ""
    return try joined(x.reshaped([-1]), places, values, 0, rule).reshaped(x.shape)
  }
}

private func addReducedScatters(_ table: inout OpInfoTable) {
  for rule in ["sum", "prod", "mean", "amax", "amin"] {
    table.add("scatter_reduce:\(rule)") {
      let x = try $0.x
      return try joined(
        x, try $0.tensor(2), try $0.tensor(3), try $0.axis(x), rule,
        includingSelf: $0.flag(nil, "include_self", true))
    }
    if rule == "sum" { continue }
    table.add("index_reduce:\(rule)") {
      let x = try $0.x
      let axis = try $0.axis(x)
      return try joined(
        x, try spread($0.tensor(2), over: $0.tensor(3), axis), try $0.tensor(3), axis, rule,
        includingSelf: $0.flag(nil, "include_self", true))
    }
  }
}

/// A position for each slice of an axis as one for each element.
private func spread(_ positions: Tensor, over values: Tensor, _ axis: Int) -> Tensor {
  values.rank == 0
    ? positions.reshaped([])
    : positions.reshaped([-1]).broadcast(to: values.shape, axes: [axis])
}

private func addSliceScatters(_ table: inout OpInfoTable) {
  for name in ["index_add", "index_copy"] {
    table.add(name) {
      let x = try $0.x
      let axis = try $0.axis(x)
      var values = try $0.tensor(3)
      if let factor = try $0.number(nil, "alpha"), x.elementType != .bool {
        values = values * values.filled(factor)
      }
      let positions = spread(try $0.tensor(2), over: values, axis)
      return try joined(x, positions, values, axis, name == "index_add" ? "add" : "")
    }
  }
  table.add("index_fill") {
    let x = try $0.x.leading(1)
    let index = try $0.tensor(2).reshaped([-1])
    let axis = try $0.axis(x)
    var dims = x.dims
    dims[axis] = index.shape.count
    let values = try $0.tensor(3).cast(to: x.elementType).broadcast(to: Shape(dims))
    return x.scattered(slices: values, at: index, axis: axis).reshaped(try $0.x.shape)
  }
  table.add("select_scatter") {
    let x = try $0.x
    let axis = try $0.axis(x, 2)
    let place = try $0.int(3, "index") ?? 0
    let index = Tensor([Double(place < 0 ? place + x.dims[axis] : place)], .i32)
    return x.scattered(slices: try $0.tensor(1).expanded(at: axis), at: index, axis: axis)
  }
  table.add("diagonal_scatter") {
    let x = try $0.x
    let numbers = range(x.shape.count).reshaped(x.shape)
    let places = numbers.diagonal(
      offset: try $0.int(2, "offset") ?? 0,
      axes: (try $0.axis(x, 3, "dim1", or: 0), try $0.axis(x, 4, "dim2", or: 1)))
    return x.reshaped([-1])
      .scattered(try $0.tensor(1).reshaped([-1]), at: places.reshaped([-1])).reshaped(x.shape)
  }
}

private func addMaskedScatters(_ table: inout OpInfoTable) {
  table.add("masked_scatter") {
    let shape = Shape.broadcast(try $0.x.shape, try $0.tensor(1).shape) ?? []
    let (x, mask) = (try $0.x.broadcast(to: shape), try $0.tensor(1).broadcast(to: shape))
    // The number of each element among those that are chosen.
    let number = mask.cast(to: .i32).reshaped([-1]).cumulativeSum(axis: 0) - 1
    let values = try $0.tensor(2).reshaped([-1]).gather(number)
    return select(mask, values.reshaped(shape), x)
  }
  table.add("index_put") { call in
    let x = try call.x
    guard let index = try call.list(1).first else { throw Inexpressible("no index") }
    let values = try call.tensor(2)
    let adds = call.flag(nil, "accumulate")
    guard index.elementType == .bool else {
      let shape = Shape([index.shape.count] + x.dims.dropFirst())
      return try joined(
        x, spread(index, over: full(shape, 0, .f32), 0), values.broadcast(to: shape), 0,
        adds ? "add" : "")
    }
    let mask = index.reshaped(Shape([x.dims[0]] + x.dims.dropFirst().map { _ in 1 }))
    let new = x.elementType == .bool ? x .|| values : adds ? x + values : values + x.filled(0)
    return select(mask, new, x)
  }
}

/// What PyTorch's square brackets mean.
func addBrackets(_ table: inout OpInfoTable) {
  table.add("__getitem__") { call in
    var items = [call.value(1)].compactMap(\.self)
    if case .list(let list)? = call.value(1), !list.allSatisfy(\.isNumber) { items = list }
    var x = try call.x
    var axis = 0
    var picks: [(axis: Int, positions: Tensor)] = []
    for (i, item) in items.enumerated() {
      switch item {
      case .ellipsis: axis = x.rank - (items.count - i - 1)
      case .number(let number, _):
        x = x.element(Int(number), of: axis)
      case .slice(let ends):
        let (start, end, step) = (ends[0].whole, ends[1].whole, ends[2].whole)
        x = sliced(x, axis, start, end, step)
        axis += 1
      case .list(let list):
        picks.append((axis, Tensor(list.map { Double($0.whole ?? 0) }, .i32)))
        axis += 1
      case .tensor(let place):
        let index = call.tensors[place]
        if index.elementType == .bool {
          throw Inexpressible("the shape of the result depends on data")
        }
        picks.append((axis, index.cast(to: .i32)))
        axis += 1
      default: throw Inexpressible("an index that is no number")
      }
    }
    guard let first = picks.first, let last = picks.last else { return x }
    // Axes with positions are next to each other, and become one.
    let dims = x.dims
    let places = picks.dropFirst().reduce(first.positions) { $0 * dims[$1.axis] + $1.positions }
    let merged = dims[first.axis...last.axis].reduce(1, *)
    return x.reshaped(Shape(dims[..<first.axis] + [merged] + dims[(last.axis + 1)...]))
      .gather(places, axis: first.axis)
  }
}

extension OpInfoValue {
  fileprivate var isNumber: Bool { if case .number = self { true } else { false } }

  fileprivate var whole: Int? { if case .number(let number, _) = self { Int(number) } else { nil } }
}
