import GraphIR
import GraphKit
import LoopIR

// Elements joined.

func addReductions(_ table: inout OpInfoTable) {
  addSums(&table)
  addExtremes(&table)
  addMoments(&table)
  addNorms(&table)
}

/// The tensor with axes of extent 1 where it was reduced.
private func kept(_ call: OpInfoCall, _ place: Int? = 2) -> Bool { call.flag(place, "keepdim") }

private func addSums(_ table: inout OpInfoTable) {
  func number(_ call: OpInfoCall) throws -> Tensor {
    let x = try call.x
    // PyTorch sums integers in 64 bits.
    let type = call.type() ?? (x.elementType.isFloat ? x.elementType : .i64)
    return x.cast(to: type)
  }
  table.add("sum") { try number($0).sum(axes: try $0.axes(try $0.x), keep: kept($0)) }
  table.add("mean") {
    let x = try $0.x.cast(to: $0.type() ?? (try $0.x.elementType))
    return x.mean(axes: try $0.axes(x), keep: kept($0))
  }
  table.add("prod") { try number($0).product(axes: try $0.axes(try $0.x), keep: kept($0)) }
  table.add("nansum", "nanmean") {
    let x = try number($0)
    guard x.elementType.isFloat else { return x.sum(axes: try $0.axes(x), keep: kept($0)) }
    let axes = try $0.axes(x)
    let sum = select(isNaN(x), x.filled(0), x).sum(axes: axes, keep: kept($0))
    if $0.sample.name == "nansum" { return sum }
    let count = (.!isNaN(x)).cast(to: x.elementType).sum(axes: axes, keep: kept($0))
    return sum / count
  }
  table.add("all") { truth(try $0.x).all(axes: try $0.axes(try $0.x), keep: kept($0)) }
  table.add("any") { truth(try $0.x).any(axes: try $0.axes(try $0.x), keep: kept($0)) }
  table.add("count_nonzero") {
    truth(try $0.x).cast(to: .i64).sum(axes: try $0.axes(try $0.x))
  }
  table.add("logsumexp") { try float($0.x).logSumExp(axes: try $0.axes(try $0.x), keep: kept($0)) }
  table.add("sum_to_size") {
    let x = try $0.x
    let call = $0
    let isList = if case .list? = call.value(1) { true } else { false }
    let dims =
      try isList
      ? call.ints(1) ?? []
      : call.sample.arguments.indices.dropFirst().compactMap { try call.int($0) }
    let front = x.rank - dims.count
    let axes = (0..<x.rank).filter { $0 < front || (dims[$0 - front] == 1 && x.dims[$0] != 1) }
    let numbers = x.elementType == .bool ? x.cast(to: .i64) : x
    return numbers.sum(axes: axes).reshaped(Shape(dims))
  }
}

private func extreme(_ x: Tensor, _ largest: Bool, _ axes: [Int], _ keep: Bool) -> Tensor {
  if x.elementType == .bool {
    return largest ? x.any(axes: axes, keep: keep) : x.all(axes: axes, keep: keep)
  }
  return largest ? x.max(axes: axes, keep: keep) : x.min(axes: axes, keep: keep)
}

/// The extreme along axes whose slope equal elements share, as in `torch.amax`; ours goes to the
/// first.
func sharedExtreme(_ x: Tensor, _ largest: Bool, _ axes: [Int], _ keep: Bool) -> Tensor {
  guard x.elementType.isFloat else { return extreme(x, largest, axes, keep) }
  let value = extreme(x, largest, axes, true).stopGradient()
  let isHit = x .== value
  let hits = isHit.cast(to: x.elementType)
  let share = (hits / hits.sum(axes: axes, keep: true)).stopGradient()
  // The value itself has no slope; the sum beside it has the right one and adds nothing.
  let slope = (share * select(isHit .&& isFinite(x), x, x.filled(0))).sum(axes: axes, keep: keep)
  let exact = keep ? value : value.reshaped(slope.shape)
  return exact + (slope - slope.stopGradient())
}

private func addExtremes(_ table: inout OpInfoTable) {
  for (name, largest) in [("amax", true), ("amin", false)] {
    table.add(name) { sharedExtreme(try $0.x, largest, try $0.axes(try $0.x), kept($0)) }
  }
  table.addMany("aminmax") {
    let x = try $0.x
    let axes = try $0.axes(x)
    let keep = kept($0)
    return [sharedExtreme(x, false, axes, keep), sharedExtreme(x, true, axes, keep)]
  }
  for (name, largest) in [("max", true), ("min", false)] {
    table.add("\(name):reduction_no_dim") {
      sharedExtreme(try $0.x, largest, Array(0..<(try $0.x.rank)), false)
    }
    table.addMany("\(name):reduction_with_dim") {
      let x = try $0.x
      if x.rank == 0 { return [x, x.filled(0, as: .i32)] }
      let axis = try $0.axis(x)
      return [extreme(x, largest, [axis], kept($0)), place(x, largest, axis, kept($0))]
    }
    table.add("arg\(name)") {
      let x = try $0.x
      if x.rank == 0 { return x.filled(0, as: .i32) }
      guard let axis = try $0.int(1, "dim") else {
        let y = place(x.flattened(), largest, 0, false)
        return kept($0) ? y.reshaped(Shape(x.dims.map { _ in 1 })) : y
      }
      return place(x, largest, axis < 0 ? axis + x.rank : axis, kept($0))
    }
  }
}

/// The place of an extreme along an axis.
func place(_ x: Tensor, _ largest: Bool, _ axis: Int, _ keep: Bool) -> Tensor {
  let numbers = x.elementType == .bool ? x.cast(to: .i32) : x
  let y = largest ? numbers.argmax(axis: axis) : numbers.argmin(axis: axis)
  return keep ? y.expanded(at: axis) : y
}

private func addMoments(_ table: inout OpInfoTable) {
  func variance(_ call: OpInfoCall) throws -> (mean: Tensor, variance: Tensor) {
    let x = try call.x
    // The second argument is 'unbiased' if it is a flag.
    var axes = Array(0..<x.rank)
    var correction = 1.0
    if case .flag(let unbiased)? = call.value(1) {
      correction = unbiased ? 1 : 0
    } else {
      axes = try call.axes(x)
      if let given = try call.number(nil, "correction") { correction = given }
      if let unbiased = call.value(nil, "unbiased"), case .flag(let flag) = unbiased {
        correction = flag ? 1 : 0
      }
    }
    let keep = call.flag(nil, "keepdim")
    let count = axes.map { x.dims[$0] }.reduce(1, *)
    let mean = x.mean(axes: axes, keep: true)
    let distance = x - mean
    let sum = (distance * distance).sum(axes: axes, keep: keep)
    return (x.mean(axes: axes, keep: keep), sum / Swift.max(Double(count) - correction, 0))
  }
  table.add("var") { try variance($0).variance }
  table.add("std") { sqrt(try variance($0).variance) }
  table.addMany("var_mean") {
    let (mean, variance) = try variance($0)
    return [variance, mean]
  }
  table.addMany("std_mean") {
    let (mean, variance) = try variance($0)
    return [sqrt(variance), mean]
  }
  table.add("corrcoef") {
    let x = try float($0.x)
    let rows = x.rank < 2 ? x.reshaped(Shape([1, x.shape.count])) : x
    let d = rows - rows.mean(axes: [1], keep: true)
    let covariance = d.matmul(d.transposed()) / Double(Swift.max(rows.dims[1] - 1, 1))
    if rows.dims[0] == 1 { return (covariance / covariance).reshaped([]) }
    let deviation = sqrt(diagonal(covariance, 0, 0, 1))
    return clamped(covariance / deviation.expanded(at: 1) / deviation.expanded(at: 0), -1, 1)
  }
}

/// The norm of order `order` over axes.
func norm(_ x: Tensor, _ order: Double, axes: [Int], keep: Bool) throws -> Tensor {
  let size = abs(x)
  switch order {
  case .infinity: return size.max(axes: axes, keep: keep)
  case -.infinity: return size.min(axes: axes, keep: keep)
  case 0: return (x .!= 0).cast(to: x.elementType).sum(axes: axes, keep: keep)
  case 1: return size.sum(axes: axes, keep: keep)
  case 2:
    // The slope is 0 where the norm is.
    let sum = (x * x).sum(axes: axes, keep: keep)
    let isZero = sum .== 0
    return select(isZero, sum.filled(0), sqrt(select(isZero, sum.filled(1), sum)))
  default:
    if order < 0 {
      // Where an element is 0 the norm is, and its slope.
      let isZero = (size .== 0).any(axes: axes, keep: keep)
      let inside = select(size .== 0, size.filled(1), size)
      let norm = pow(pow(inside, order).sum(axes: axes, keep: keep), 1 / order)
      return select(isZero, norm.filled(0), norm)
    }
    let isZero = size .== 0
    let powers = select(isZero, size.filled(0), pow(select(isZero, size.filled(1), size), order))
    let sum = powers.sum(axes: axes, keep: keep)
    let isEmpty = sum .== 0
    let root = pow(select(isEmpty, sum.filled(1), sum), 1 / order)
    return select(isEmpty, sum.filled(0), root)
  }
}

private func addNorms(_ table: inout OpInfoTable) {
  table.add("linalg.vector_norm") {
    let x = try $0.x
    let order = try $0.number(1, "ord") ?? 2
    return try norm(x, order, axes: try $0.axes(x, 2), keep: kept($0, 3))
  }
  table.add("norm", "linalg.norm", "linalg.matrix_norm") { call in
    let x = try call.x
    let isMatrixNorm = call.sample.name == "linalg.matrix_norm"
    let plain = call.sample.name.hasPrefix("norm")
    let axes =
      isMatrixNorm && call.value(2, "dim") == nil ? [x.rank - 2, x.rank - 1] : try call.axes(x, 2)
    let keep = kept(call, 3)
    let hasOrder = call.value(1, plain ? "p" : "ord") != nil
    // Singular values make three norms of matrices.
    func spectral(_ joined: (Tensor) -> Tensor) -> Tensor {
      let y = joined(singularValues(x, axes))
      return keep ? axes.sorted().reduce(y) { $0.expanded(at: $1) } : y
    }
    if call.text(1, plain ? "p" : "ord") == "nuc" { return spectral { $0.sum(axes: [-1]) } }
    if call.text(1, plain ? "p" : "ord") == "fro" || !hasOrder {
      return try norm(x, 2, axes: axes, keep: keep)
    }
    let order = try call.number(1, plain ? "p" : "ord") ?? 2
    // PyTorch's old norm is one of vectors; the new one is of matrices if there are two axes.
    if plain || axes.count != 2 || (!isMatrixNorm && call.value(2, "dim") == nil && x.rank != 2) {
      return try norm(x, order, axes: axes, keep: keep)
    }
    if order == 2 { return spectral { $0.max(axes: [-1]) } }
    if order == -2 { return spectral { $0.min(axes: [-1]) } }
    let inner = Swift.abs(order) == 1 ? axes[0] : axes[1]
    let outer = Swift.abs(order) == 1 ? axes[1] : axes[0]
    let sums = abs(x).sum(axes: [inner], keep: true)
    let y = order > 0 ? sums.max(axes: [outer], keep: true) : sums.min(axes: [outer], keep: true)
    return keep
      ? y
      : y.reshaped(Shape(x.dims.enumerated().filter { !axes.contains($0.offset) }.map(\.element)))
  }
  table.add("linalg.vecdot") {
    let (a, b) = (try $0.x, try $0.tensor(1))
    let product = a * b
    return product.sum(axes: [try $0.axis(product, nil, or: -1)])
  }
  table.add("renorm") {
    let x = try $0.x
    guard let p = try $0.number(1), let largest = try $0.number(3) else {
      throw Inexpressible("a norm without an order")
    }
    let axis = try $0.axis(x, 2)
    let size = try norm(x, p, axes: (0..<x.rank).filter { $0 != axis }, keep: true)
    return x * select(size .> largest, largest / (size + 1e-7), size.filled(1))
  }
}
