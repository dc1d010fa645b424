import GraphIR
import GraphKit
import LoopIR

// Elements chosen by data.

func addIndexing(_ table: inout OpInfoTable) {
  addGathers(&table)
  addScatterings(&table)
  addBrackets(&table)
}

private func addGathers(_ table: inout OpInfoTable) {
  table.add("gather") {
    let (x, index) = (try $0.x, try $0.tensor(2))
    if x.rank == 0 { return x.broadcast(to: index.shape) }
    let axis = try $0.axis(x)
    // The index may leave out elements of the other axes.
    let part = zip(0..<x.rank, index.dims).reduce(x) { x, entry in
      entry.0 == axis || entry.1 == x.dims[entry.0] ? x : x.sliced(entry.0, 0..<entry.1)
    }
    return part.takeAlongAxis(index, axis: axis)
  }
  table.add("take_along_dim") {
    let (x, picks) = (try $0.x, try $0.tensor(1))
    func positive(_ extent: Int) -> Tensor { select(picks .< 0, picks + extent, picks) }
    guard $0.value(2, "dim") != nil else {
      return x.reshaped([-1]).gather(positive(x.shape.count).reshaped([-1]), axis: 0)
    }
    let axis = try $0.axis(x, 2)
    return x.takeAlongAxis(positive(x.dims[axis]), axis: axis)
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
    let right = $0.flag(nil, "right") || $0.text(nil, "side") == "right"
    let order = try $0.optionalTensor(nil, "sorter")
    let (a, b) = common(order.map { bounds.takeAlongAxis($0) } ?? bounds, values)
    return isBucketize ? b.bucketized(a, right: right) : a.searchSorted(b, right: right)
  }
  table.add("isin") {
    let (x, values) = (try $0.x, try $0.tensor(1))
    return (x.expanded(at: -1) .== values.flattened()).any(axes: [-1])
  }
}
