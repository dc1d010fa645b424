import GraphIR
import GraphKit
import LoopIR

/// Diagonals and triangles of matrices, and windows along an axis.
func addDiagonals(_ table: inout OpInfoTable) {
  table.add("diagonal", "diagonal_copy", "linalg.diagonal") {
    let x = try $0.x
    let usual = $0.sample.name == "linalg.diagonal" ? (-2, -1) : (0, 1)
    return diagonal(
      x, try $0.int(1, "offset") ?? 0, try $0.axis(x, 2, "dim1", or: usual.0),
      try $0.axis(x, 3, "dim2", or: usual.1))
  }
  table.add("diag") {
    let x = try $0.x
    let offset = try $0.int(1, "diagonal") ?? 0
    return x.rank == 2 ? diagonal(x, offset, 0, 1) : embedded(x, offset)
  }
  table.add("diagflat") { embedded(try $0.x.reshaped([-1]), try $0.int(1, "offset") ?? 0) }
  table.add("diag_embed") {
    let x = try $0.x
    let first = try $0.int(2, "dim1") ?? -2
    let second = try $0.int(3, "dim2") ?? -1
    let rank = x.rank + 1
    let y = embedded(x, try $0.int(1, "offset") ?? 0)
    let (a, b) = (first < 0 ? first + rank : first, second < 0 ? second + rank : second)
    var rest = Array(0..<(rank - 2))[...]
    return y.transposed(
      (0..<rank).map { $0 == a ? rank - 2 : $0 == b ? rank - 1 : rest.removeFirst() })
  }
  table.add("tril") { triangle(try $0.x, try $0.int(1, "diagonal") ?? 0, upper: false) }
  table.add("triu") { triangle(try $0.x, try $0.int(1, "diagonal") ?? 0, upper: true) }
  table.add("trace") { diagonal(try $0.x, 0, 0, 1).sum() }
  table.add("unfold", "unfold_copy") {
    let x = try $0.x
    let axis = try $0.axis(x)
    guard let size = try $0.int(2, "size"), let step = try $0.int(3, "step") else {
      throw Inexpressible("windows without a size")
    }
    if x.rank == 0 { return x.reshaped([1]) }
    let count = (x.dims[axis] - size) / step + 1
    let dims = x.dims[..<axis] + [count] + x.dims[(axis + 1)...] + [size]
    return picked(
      x,
      places(Array(dims)) { position in
        var source = Array(position.dropLast())
        source[axis] = source[axis] * step + position[x.rank]
        return offset(source, x.dims)
      }, Array(dims))
  }
}

/// The elements of two axes whose positions differ by `offset`, as the last axis.
func diagonal(_ x: Tensor, _ shift: Int, _ first: Int, _ second: Int) -> Tensor {
  let rest = (0..<x.rank).filter { $0 != first && $0 != second }
  let count = Swift.min(x.dims[first] + Swift.min(shift, 0), x.dims[second] - Swift.max(shift, 0))
  let dims = rest.map { x.dims[$0] } + [count]
  return picked(
    x,
    places(dims) { position in
      var source = Array(repeating: 0, count: x.rank)
      for (i, axis) in rest.enumerated() { source[axis] = position[i] }
      source[first] = position[rest.count] - Swift.min(shift, 0)
      source[second] = position[rest.count] + Swift.max(shift, 0)
      return offset(source, x.dims)
    }, dims)
}

// The last axis on a diagonal of matrices.
private func embedded(_ x: Tensor, _ shift: Int) -> Tensor {
  let x = x.rank == 0 ? x.reshaped([1]) : x
  let size = x.dims[x.rank - 1] + Swift.abs(shift)
  let dims = x.dims.dropLast() + [size, size]
  return picked(
    x,
    places(Array(dims)) { position in
      let (i, j) = (position[x.rank - 1], position[x.rank])
      guard j - i == shift else { return nil }
      return offset(position.dropLast(2) + [Swift.min(i, j)], x.dims)
    }, Array(dims))
}

/// The elements of matrices on one side of a diagonal, and zeros.
func triangle(_ x: Tensor, _ shift: Int, upper: Bool) -> Tensor {
  let values = positions(Array(x.dims.suffix(2))).map { position -> Double in
    let distance = position[1] - position[0]
    return (upper ? distance >= shift : distance <= shift) ? 1 : 0
  }
  let mask = Tensor(values: values, shape: Shape(Array(x.dims.suffix(2))), .bool)
  return select(mask, x, x.filled(0))
}
