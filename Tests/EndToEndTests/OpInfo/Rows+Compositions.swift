import GraphIR
import GraphKit
import LoopIR

// What no single function of GraphKit is, but a few together are.

func addCompositions(_ table: inout OpInfoTable) {
  addDistances(&table)
  addDivisors(&table)
  addSpacings(&table)
  addSlopes(&table)
  addBags(&table)
}

private func addDistances(_ table: inout OpInfoTable) {
  table.add("cdist") { distances(try $0.x, try $0.tensor(1), p: try $0.number(2, "p") ?? 2) }
  table.add("nn.functional.pdist") {
    let x = try $0.x
    let n = x.dims[0]
    let pairs = positions([n, n]).filter { $0[0] < $0[1] }.map { Double($0[0] * n + $0[1]) }
    return distances(x, x, p: try $0.number(1, "p") ?? 2).reshaped([-1]).gather(Tensor(pairs, .i32))
  }
  table.add("cov") {
    let x = float(try $0.x).leading(2)
    let correction = try $0.number(nil, "correction") ?? 1
    let counts = try $0.optionalTensor(nil, "fweights").map { float($0) }
    let shares = try $0.optionalTensor(nil, "aweights")
    let ones = full([x.dims[1]], 1, x.elementType)
    let weights = (counts ?? ones) * (shares ?? ones)
    let total = weights.sum()
    let lost = shares.map { (weights * $0).sum() / total * correction } ?? total.filled(correction)
    let distance = x - (x * weights).sum(axes: [1], keep: true) / total
    let y = (distance * weights).matmul(distance.transposed()) / maximum(total - lost, 0)
    return y.squeezed()
  }
  table.addMany("einsum") { call in
    let parts = try call.list(0)
    let text = call.text(1)
    switch parts.count {
    case 1: return [einsum(text, parts[0])]
    case 2: return [einsum(text, parts[0], parts[1])]
    case 3: return [einsum(text, parts[0], parts[1], parts[2])]
    default: throw Inexpressible("a product of more than three tensors")
    }
  }
}

private func addDivisors(_ table: inout OpInfoTable) {
  // Euclid's way; there is always something to divide by.
  func greatest(_ a: Tensor, _ b: Tensor) -> Tensor {
    let shape = Shape.broadcast(a.shape, b.shape) ?? []
    let start = [abs(a).broadcast(to: shape), abs(b).broadcast(to: shape)]
    return whileLoop(start, while: { ($0[1] .!= 0).any() }) { pair in
      let isDone = pair[1] .== 0
      let rest = pair[0] % select(isDone, pair[1].filled(1), pair[1])
      return [select(isDone, pair[0], pair[1]), select(isDone, pair[1], rest)]
    }[0]
  }
  table.add("gcd") { greatest(try $0.x, try $0.tensor(1)) }
  table.add("lcm") {
    let (a, b) = (try $0.x, try $0.tensor(1))
    return abs(a.divided(by: maximum(greatest(a, b), 1), rounding: .down) * b)
  }
  table.addMany("unravel_index") {
    var rest = try $0.x
    guard let dims = try $0.ints(1, "shape"), !dims.isEmpty else {
      throw Inexpressible("no result")
    }
    var parts: [Tensor] = []
    for extent in dims.reversed() {
      parts.insert(rest % extent, at: 0)
      rest = rest.divided(by: extent, rounding: .down)
    }
    return parts
  }
}

private func addSpacings(_ table: inout OpInfoTable) {
  // Numbers in equal steps, counted from the nearer end.
  func spaced(_ call: OpInfoCall) throws -> Tensor {
    func end(_ place: Int, _ name: String) throws -> Tensor {
      var x: Tensor
      if case .number(let number, _)? = call.value(place, name) {
        x = full([], number)
      } else {
        x = float(try call.tensor(place, name))
      }
      if call.type()?.isInteger ?? false { x = trunc(x) }
      return x
    }
    let (start, end) = (try end(0, "start"), try end(1, "end"))
    let count = try call.int(2, "steps") ?? 1
    if count == 1 { return start.reshaped([1]) }
    let numbers = range(count, .f32)
    let step = (end - start) / Double(count - 1)
    return select(
      numbers .< Double(count / 2), start + step * numbers,
      end - step * (Double(count - 1) - numbers))
  }
  table.add("linspace") { try spaced($0).cast(to: $0.type() ?? .f32) }
  table.add("logspace") {
    pow(try $0.number(3, "base") ?? 10, try spaced($0)).cast(to: $0.type() ?? .f32)
  }
  for (name, isUpper) in [("tril_indices", false), ("triu_indices", true)] {
    table.add(name) {
      let (rows, columns) = (try $0.int(0) ?? 1, try $0.int(1) ?? 1)
      let shift = try $0.int(2, "offset") ?? 0
      let places = positions([rows, columns]).filter { place in
        isUpper ? place[1] - place[0] >= shift : place[1] - place[0] <= shift
      }
      let values = places.map { Double($0[0]) } + places.map { Double($0[1]) }
      return Tensor(values: values, shape: [2, places.count], $0.type() ?? .i64)
    }
  }
}

/// The slope of the parabola through three neighbours, or near an end of the line through two.
private func slope(_ x: Tensor, _ axis: Int, _ places: Tensor, order: Int) -> Tensor {
  let n = x.dims[axis]
  let wide = { (t: Tensor) in
    t.reshaped(Shape([t.shape.count] + Array(repeating: 1, count: x.rank - axis - 1)))
  }
  func part(_ range: Range<Int>) -> Tensor { x.sliced(axis, range) }
  let steps = places.sliced(0, 1..<n) - places.sliced(0, 0..<(n - 1))
  let lines = (part(1..<n) - part(0..<(n - 1))) / wide(steps)
  func line(_ range: Range<Int>) -> Tensor { lines.sliced(axis, range) }
  let (before, after) = (steps.sliced(0, 0..<(n - 2)), steps.sliced(0, 1..<(n - 1)))
  let (left, right) = (line(0..<(n - 2)), line(1..<(n - 1)))
  let inner = (left * wide(after) + right * wide(before)) / wide(before + after)
  var (first, last) = (line(0..<1), line((n - 2)..<(n - 1)))
  if order == 2 {
    let share = wide(before / (before + after))
    let back = wide(after / (before + after))
    let bends = right - left
    first = first - (bends * share).sliced(axis, 0..<1)
    last = last + (bends * back).sliced(axis, (n - 3)..<(n - 2))
  }
  return concatenate([first, inner, last], axis: axis)
}

private func addSlopes(_ table: inout OpInfoTable) {
  table.addMany("gradient") { call in
    let x = float(try call.x)
    let axes = try call.axes(x, nil)
    return try axes.enumerated().map { i, axis in
      var places = range(x.dims[axis], .f32)
      switch call.value(nil, "spacing") {
      case .number(let step, _)?: places = places * step
      case .list(let items)?:
        if case .number(let step, _) = items[i] {
          places = places * step
        } else {
          places = float(try call.tensor(items[i]))
        }
      default: break
      }
      return slope(x, axis, places, order: try call.int(nil, "edge_order") ?? 1)
    }
  }
}

private func addBags(_ table: inout OpInfoTable) {
  table.add("nn.functional.embedding_bag") { call in
    if call.flag(nil, "scale_grad_by_freq") || call.value(nil, "max_norm") != nil {
      throw Inexpressible("an embedding that changes its table or scales its gradient")
    }
    let (rows, index) = (try call.x, try call.tensor(1))
    let mode = call.text(nil, "mode")
    let count = index.shape.count
    // The bag of each position: its row, or what the offsets say.
    var bags = index.rank == 2 ? index.dims[0] : 1
    var bag = range(count).divided(by: index.dims.last ?? 1, rounding: .down)
    if let offsets = try call.optionalTensor(nil, "offsets") {
      bags = offsets.dims[0] - (call.flag(nil, "include_last_offset") ? 1 : 0)
      bag = offsets.searchSorted(range(count, offsets.elementType), right: true) - 1
    }
    var values = rows.gather(index.reshaped([-1]))
    if let factors = try call.optionalTensor(nil, "per_sample_weights") {
      values *= factors.reshaped([count, 1])
    }
    var counts = full([count, 1], 1, rows.elementType)
    if let padding = try call.int(nil, "padding_idx") {
      let isThere = index.reshaped([count, 1]) .!= (padding < 0 ? padding + rows.dims[0] : padding)
      counts = isThere.cast(to: rows.elementType)
      values = select(isThere, values, values.filled(mode == "max" ? -.infinity : 0))
    }
    let zero = full([bags, rows.dims[1]], 0, rows.elementType)
    if mode == "max" {
      let largest = zero.filled(-.infinity).scattered(slices: values, at: bag, by: .max)
      return select(largest .== -.infinity, zero, largest)
    }
    let sum = zero.scattered(slices: values, at: bag, by: .add)
    if mode == "sum" { return sum }
    let number = full([bags, 1], 0, rows.elementType).scattered(slices: counts, at: bag, by: .add)
    return sum / maximum(number, 1)
  }
}
