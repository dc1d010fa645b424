import GraphIR
import GraphKit
import LoopIR

// Elements chosen by data.

func addIndexing(_ table: inout OpInfoTable) {
  addGathers(&table)
  addScatters(&table)
}

/// The number in row-major order of the element that each element of `index` names along an axis,
/// where its own position counts on the other axes.
private func flatPlaces(_ index: Tensor, along axis: Int, of dims: [Int]) -> Tensor {
  var stride = 1
  var sum = index.filled(0)
  for i in dims.indices.reversed() {
    let own =
      i == axis
      ? index : index.builder.apply(Iota(axis: i, index.type))
    sum = sum + own * stride
    stride *= dims[i]
  }
  return sum
}

private func addGathers(_ table: inout OpInfoTable) {
  func along(_ x: Tensor, _ index: Tensor, _ axis: Int) -> Tensor {
    if x.rank == 0 { return x.broadcast(to: index.shape) }
    let index = index.leading(x.rank)
    return x.flattened().gather(flatPlaces(index, along: axis, of: x.dims), axis: 0)
  }
  table.add("gather") {
    let x = try $0.x
    return along(x, try $0.tensor(2), try $0.axis(x))
  }
  table.add("take_along_dim") {
    let (x, picks) = (try $0.x, try $0.tensor(1))
    func positive(_ extent: Int) -> Tensor { select(picks .< 0, picks + extent, picks) }
    guard $0.value(2, "dim") != nil else {
      return x.reshaped([-1]).gather(positive(x.shape.count).reshaped([-1]), axis: 0)
    }
    let axis = try $0.axis(x, 2)
    let index = positive(x.dims[axis])
    func outer(_ t: Tensor, _ other: Tensor) -> Tensor {
      var dims = zip(t.dims, other.dims).map { Swift.max($0, $1) }
      dims[axis] = t.dims[axis]
      return t.broadcast(to: Shape(dims))
    }
    return along(outer(x, index), outer(index, x), axis)
  }
  table.add("index_select") {
    let x = try $0.x
    return x.rank == 0 ? x : x.gather(try $0.tensor(2), axis: try $0.axis(x))
  }
  table.add("take") {
    let (x, index) = (try $0.x.reshaped([-1]), try $0.tensor(1))
    // Negative numbers count from the end.
    return x.gather(select(index .< 0, index + x.dims[0], index), axis: 0)
  }
  table.add("nn.functional.embedding") {
    if $0.flag(nil, "scale_grad_by_freq") || $0.value(nil, "max_norm") != nil {
      throw Inexpressible("an embedding that changes its table or scales its gradient")
    }
    let (table, index) = (try $0.x, try $0.tensor(1))
    guard let padding = try $0.int(nil, "padding_idx") else { return table.gather(index, axis: 0) }
    // The row of the padding has no gradient.
    let row = padding < 0 ? padding + table.dims[0] : padding
    let rows = table.gather(index, axis: 0)
    return select((index .== index.filled(Double(row))).expanded(at: -1), rows.stopGradient(), rows)
  }
  table.add("bucketize", "searchsorted") {
    let isBucketize = $0.sample.name == "bucketize"
    let bounds = try isBucketize ? $0.tensor(1) : $0.x
    let values = try isBucketize ? $0.x : $0.tensor(1)
    if $0.value(nil, "sorter") != nil { throw Inexpressible("bounds that are not sorted") }
    let right = $0.flag(nil, "right") || $0.text(nil, "side") == "right"
    let line = bounds.rank == 1 || isBucketize ? bounds : bounds.expanded(at: bounds.rank - 1)
    let (a, b) = common(line, values.expanded(at: -1))
    return (right ? a .<= b : a .< b).cast(to: .i32).sum(axes: [-1])
  }
  table.add("isin") {
    let (x, values) = (try $0.x, try $0.tensor(1))
    return (x.expanded(at: -1) .== values.flattened()).any(axes: [-1])
  }
}

private func addScatters(_ table: inout OpInfoTable) {
  func added(_ x: Tensor, _ index: Tensor, _ values: Tensor, _ axis: Int) -> Tensor {
    let sum = x.builder.apply(
      ScatterAdd(axis: axis, extent: x.dims[axis]), index.reshaped([-1]), values)
    return x + sum
  }
  table.add("scatter_add") {
    let x = try $0.x
    let (index, values) = (try $0.tensor(2), try $0.tensor(3))
    if x.elementType == .bool { throw Inexpressible("arithmetic of bool") }
    if x.rank == 0 { return x + values.reshaped([-1]).sum() }
    var parts = values
    for axis in 0..<x.rank where axis < index.rank && index.dims[axis] < parts.dims[axis] {
      parts = parts.sliced(axis, 0..<index.dims[axis])
    }
    let places = flatPlaces(index, along: try $0.axis(x), of: x.dims)
    return added(x.flattened(), places, parts.reshaped([-1]), 0).reshaped(x.shape)
  }
  table.add("index_add") {
    let x = try $0.x
    let (index, values) = (try $0.tensor(2), try $0.tensor(3))
    if x.elementType == .bool { throw Inexpressible("arithmetic of bool") }
    let scaled = values * values.filled(try $0.number(nil, "alpha") ?? 1)
    if x.rank == 0 { return x + scaled.reshaped([]) }
    return added(x, index, scaled, try $0.axis(x))
  }
  table.add("put") {
    let x = try $0.x
    if !$0.flag(3, "accumulate") { throw Inexpressible("elements that are set") }
    if x.elementType == .bool { throw Inexpressible("arithmetic of bool") }
    let index = try $0.tensor(1).reshaped([-1])
    let places = select(index .< 0, index + x.shape.count, index)
    return added(x.reshaped([-1]), places, try $0.tensor(2).reshaped([-1]), 0).reshaped(x.shape)
  }
}
