import GraphIR
import GraphKit
import LoopIR

// Sums of products.

func addContractions(_ table: inout OpInfoTable) {
  addProducts(&table)
  addAddedProducts(&table)
}

/// The product of matrices and vectors as `torch.matmul` means it.
func product(_ a: Tensor, _ b: Tensor) -> Tensor {
  let left = a.rank == 1 ? a.expanded(at: 0) : a
  let right = b.rank == 1 ? b.expanded(at: 1) : b
  let y = left.matmul(right)
  var dims = y.dims
  if b.rank == 1 { dims.removeLast() }
  if a.rank == 1 { dims.remove(at: dims.count - (b.rank == 1 ? 1 : 2)) }
  return y.reshaped(Shape(dims))
}

private func addProducts(_ table: inout OpInfoTable) {
  table.add("matmul", "mm", "mv", "bmm", "dot", "vdot") { product(try $0.x, try $0.tensor(1)) }
  table.add("__rmatmul__") { product(try $0.tensor(1), try $0.x) }
  table.add("inner") {
    let (a, b) = (try $0.x, try $0.tensor(1))
    if a.rank == 0 || b.rank == 0 { return a * b }
    let y = a.reshaped([-1, a.dims[a.rank - 1]]).matmul(
      b.reshaped([-1, b.dims[b.rank - 1]]).transposed())
    return y.reshaped(Shape(a.dims.dropLast() + b.dims.dropLast()))
  }
  table.add("outer") {
    let (a, b) = (try $0.x, try $0.tensor(1))
    let (x, y) = (a.expanded(at: 1), b.expanded(at: 0))
    return a.elementType == .bool ? x .&& y : x * y
  }
  table.add("kron") {
    let rank = Swift.max(try $0.x.rank, try $0.tensor(1).rank)
    let (a, b) = (try $0.x.leading(rank), try $0.tensor(1).leading(rank))
    let left = a.reshaped(Shape(a.dims.flatMap { [$0, 1] }))
    let right = b.reshaped(Shape(b.dims.flatMap { [1, $0] }))
    let (x, y) = (left, right)
    let result = a.elementType == .bool ? x .&& y : x * y
    return result.reshaped(Shape(zip(a.dims, b.dims).map { $0 * $1 }))
  }
  table.add("tensordot") {
    let (x, y) = (try $0.x, try $0.tensor(1))
    var (left, right) = ([Int](), [Int]())
    if case .list(let lists)? = $0.value(nil, "dims"), lists.count == 2 {
      let axes = try lists.map { list -> [Int] in
        guard case .list(let items) = list else { throw Inexpressible("axes that are no lists") }
        return items.compactMap { if case .number(let n, _) = $0 { Int(n) } else { nil } }
      }
      (left, right) = (axes[0], axes[1])
    } else {
      let count = try $0.int(nil, "dims") ?? 2
      (left, right) = (Array((x.rank - count)..<x.rank), Array(0..<count))
    }
    // An axis of extent 1 is repeated.
    func summed(_ x: Tensor, _ axes: [Int], _ other: Tensor, _ others: [Int]) -> Tensor {
      let open = zip(axes, others).filter { x.dims[$0] != 1 && other.dims[$1] == 1 }.map(\.0)
      return open.isEmpty ? x : x.sum(axes: open, keep: true).cast(to: x.elementType)
    }
    let (a, b) = (summed(x, left, y, right), summed(y, right, x, left))
    let (restA, restB) = (
      (0..<a.rank).filter { !left.contains($0) }, (0..<b.rank).filter { !right.contains($0) }
    )
    let inner = left.map { a.dims[$0] }.reduce(1, *)
    let product = a.transposed(restA + left).reshaped([-1, inner]).matmul(
      b.transposed(right + restB).reshaped([inner, -1]))
    return product.reshaped(Shape(restA.map { a.dims[$0] } + restB.map { b.dims[$0] }))
  }
  addPowers(&table)
}

private func addPowers(_ table: inout OpInfoTable) {
  table.add("linalg.multi_dot") {
    let factors = try $0.list(0)
    return factors.dropFirst().reduce(factors[0], product)
  }
  table.add("cross", "linalg.cross") {
    let (a, b) = (try $0.x, try $0.tensor(1, "other"))
    guard let shape = Shape.broadcast(a.shape, b.shape) else {
      throw Inexpressible("shapes that do not fit")
    }
    let (x, y) = (a.broadcast(to: shape), b.broadcast(to: shape))
    let usual = $0.sample.name == "cross" ? shape.dims.firstIndex(of: 3) ?? 0 : -1
    let axis = try $0.axis(x, 2, or: usual)
    func turned(_ x: Tensor, _ by: Int) -> Tensor {
      x.gather(Tensor([0, 1, 2].map { Double(($0 + by) % 3) }, .i32), axis: axis)
    }
    return turned(x, 1) * turned(y, 2) - turned(x, 2) * turned(y, 1)
  }
  table.add("linalg.vander") {
    let x = try $0.x.leading(1)
    let count = try $0.int(nil, "N") ?? x.dims[x.rank - 1]
    var powers = [x.filled(1)]
    for _ in 1..<Swift.max(count, 1) { powers.append(powers[powers.count - 1] * x) }
    return GraphKit.stack(Array(powers.prefix(count)), axis: -1)
  }
}

private func addAddedProducts(_ table: inout OpInfoTable) {
  func added(_ call: OpInfoCall, _ product: Tensor) throws -> Tensor {
    let alpha = try call.number(nil, "alpha") ?? 1
    let beta = try call.number(nil, "beta") ?? 1
    let x = try call.x
    return x * x.filled(beta) + product * product.filled(alpha)
  }
  table.add("addmm", "addmv", "baddbmm") {
    try added($0, product(try $0.tensor(1), try $0.tensor(2)))
  }
  table.add("addbmm") { try added($0, product(try $0.tensor(1), try $0.tensor(2)).sum(axes: [0])) }
  table.add("addr") {
    if try $0.x.elementType == .bool {
      return try $0.x .|| ($0.tensor(1).expanded(at: 1) .&& $0.tensor(2).expanded(at: 0))
    }
    return try added($0, try $0.tensor(1).expanded(at: 1) * $0.tensor(2).expanded(at: 0))
  }
  table.add("nn.functional.linear") {
    let y = product(try $0.x, try $0.tensor(1).rank == 1 ? $0.tensor(1) : $0.tensor(1).transposed())
    return try $0.optionalTensor(2, "bias").map { y + $0 } ?? y
  }
  table.add("nn.functional.bilinear") {
    let (a, b, w) = (try $0.x, try $0.tensor(1), try $0.tensor(2))
    let (n, m, out) = (w.dims[1], w.dims[2], w.dims[0])
    let pairs = a.expanded(at: -1) * b.expanded(at: a.rank - 1)
    let y = product(pairs.reshaped([-1, n * m]), w.reshaped([out, n * m]).transposed())
    let shaped = y.reshaped(Shape(a.dims.dropLast() + [out]))
    return try $0.optionalTensor(3, "bias").map { shaped + $0 } ?? shaped
  }
}
