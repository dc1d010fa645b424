import GraphIR
import GraphKit
import LoopIR

// Linear algebra.

func addMatrices(_ table: inout OpInfoTable) {
  addEquations(&table)
  addFactors(&table)
  addTriangularFactors(&table)
  addSpectra(&table)
  addInverses(&table)
}

/// The status that PyTorch returns beside a result: that all went well.
private func success(_ x: Tensor) -> Tensor { full(Shape(x.dims.dropLast(2)), 0, .i32) }

private func addEquations(_ table: inout OpInfoTable) {
  table.addMany("linalg.solve", "linalg.solve_ex") {
    let (a, b) = (try $0.x, try $0.tensor(1))
    let isLeft = $0.flag(nil, "left", true)
    // A vector for each matrix has one axis less.
    let isVector = b.rank == 1 || (b.rank == a.rank - 1 && b.dims == Array(a.dims.dropLast()))
    let right = isVector ? b.expanded(at: -1) : b
    let x =
      isLeft ? a.solve(right) : a.transposed().solve(right.transposed()).transposed()
    let y = isVector ? x.squeezed(x.rank - 1) : x
    return $0.sample.name == "linalg.solve" ? [y] : [y, success(a)]
  }
  table.add("linalg.solve_triangular") {
    try $0.x.triangularSolve(
      try $0.tensor(1), upper: $0.flag(nil, "upper"), left: $0.flag(nil, "left", true),
      unitDiagonal: $0.flag(nil, "unitriangular"))
  }
  table.addMany("triangular_solve") {
    let (b, a) = (try $0.x, try $0.tensor(1))
    let x = a.triangularSolve(
      b, upper: $0.flag(2, "upper", true), transposed: $0.flag(3, "transpose"),
      unitDiagonal: $0.flag(4, "unitriangular"))
    return [x, a.sameValue]
  }
  // PyTorch's gradients by a triangle also have what is not read.
  func square(_ triangle: Tensor, upper: Bool) -> Tensor {
    let l = upper ? triangle.transposed() : triangle
    return l.matmul(l.transposed())
  }
  table.add("cholesky_solve") {
    square(try $0.tensor(1), upper: $0.flag(2, "upper")).solve(try $0.x)
  }
  table.add("cholesky_inverse") { square(try $0.x, upper: $0.flag(1, "upper")).inverse() }
}

private func addFactors(_ table: inout OpInfoTable) {
  table.addMany("linalg.cholesky", "linalg.cholesky_ex") {
    let x = try $0.x
    let l = x.cholesky()
    let y = $0.flag(nil, "upper") ? l.transposed() : l
    return $0.sample.name == "linalg.cholesky" ? [y] : [y, success(x)]
  }
  table.addMany("linalg.qr") {
    let (q, r) = try $0.x.qr()
    return [q, r]
  }
  table.add("linalg.det") { try $0.x.determinant() }
  table.addMany("linalg.slogdet") {
    let (sign, logarithm) = try $0.x.logDeterminant()
    return [sign, logarithm]
  }
  table.add("logdet") {
    let (sign, logarithm) = try $0.x.logDeterminant()
    return select(sign .< 0, logarithm.filled(.nan), logarithm)
  }
  table.add("linalg.matrix_power") { try $0.x.matrixPower(try $0.int(1, "n") ?? 1) }
  table.add("matrix_exp") { try $0.x.matrixExponential() }
}

/// The rows `order[i]` of a permutation as the exchanges that lead to it one by one, counted from 1
/// as LAPACK does.
private func exchanges(_ order: Tensor) -> Tensor {
  let n = order.dims[order.rank - 1]
  var current = range(n).broadcast(to: order.shape)
  let places = range(n)
  var exchanged: [Tensor] = []
  for k in 0..<n {
    let next = order.element(k, of: -1).expanded(at: -1)
    let place = (current .== next).cast(to: .i32).argmax()
    let own = current.element(k, of: -1).expanded(at: -1)
    current = select(places .== place.expanded(at: -1), own, current)
    current = select(places .== k, next, current)
    exchanged.append(place + 1)
  }
  return GraphKit.stack(exchanged, axis: -1)
}

/// The permutation matrix of exchanges of rows, for matrices of `n` rows.
private func permutation(_ pivots: Tensor, _ n: Int, _ type: ElementType) -> Tensor {
  var order = range(n).broadcast(to: Shape(pivots.dims.dropLast() + [n]))
  let places = range(n)
  for k in 0..<pivots.dims[pivots.rank - 1] {
    let place = (pivots.element(k, of: -1) - 1).expanded(at: -1)
    let (own, other) = (
      order.element(k, of: -1).expanded(at: -1), order.takeAlongAxis(place, axis: -1)
    )
    order = select(places .== place, own, order)
    order = select(places .== k, other, order)
  }
  return order.oneHot(n).cast(to: type).transposed()
}

private func addTriangularFactors(_ table: inout OpInfoTable) {
  func square(_ x: Tensor) throws -> Tensor {
    guard x.dims.suffix(2).first == x.dims.last else {
      throw Inexpressible("triangular factors of a matrix that is not square")
    }
    return x
  }
  table.addMany("linalg.lu") {
    let (permutation, lower, upper) = try square(try $0.x).lu()
    return [permutation, lower, upper]
  }
  table.addMany("lu", "linalg.lu_factor", "linalg.lu_factor_ex") {
    let x = try square(try $0.x)
    let (permutation, lower, upper) = x.lu()
    let compact = lower.lowerTriangle(offset: -1) + upper
    let results = [compact, exchanges(permutation.transposed().argmax())]
    return $0.sample.outputs.count == 3 ? results + [success(x)] : results
  }
  // The factors of a compact form whose lower part has the diagonal 1.
  func factors(_ x: Tensor) -> (lower: Tensor, upper: Tensor) {
    let (rows, columns) = (x.dims[x.rank - 2], x.dims[x.rank - 1])
    let least = Swift.min(rows, columns)
    let left = x.sliced(x.rank - 1, 0..<least).lowerTriangle(offset: -1)
    let ones = full([least], 1, x.elementType).diagonalEmbedded()
    let wide = ones.padded([(0, rows - least), (0, 0)])
    return (left + wide, x.sliced(x.rank - 2, 0..<least).upperTriangle())
  }
  table.addMany("lu_unpack") {
    let x = try $0.x
    let (lower, upper) = factors(x)
    return [permutation(try $0.tensor(1), x.dims[x.rank - 2], x.elementType), lower, upper]
  }
  table.add("lu_solve", "linalg.lu_solve") {
    let isOld = $0.sample.name == "lu_solve"
    let (compact, pivots) = (try $0.tensor(isOld ? 1 : 0), try $0.tensor(isOld ? 2 : 1))
    let b = try $0.tensor(isOld ? 0 : 2)
    let (lower, upper) = factors(compact)
    var a = permutation(pivots, compact.dims[compact.rank - 1], b.elementType)
      .matmul(lower).matmul(upper)
    if $0.flag(nil, "adjoint") { a = a.transposed() }
    return $0.flag(nil, "left", true)
      ? a.solve(b) : a.transposed().solve(b.transposed()).transposed()
  }
}

private func addSpectra(_ table: inout OpInfoTable) {
  table.addMany("linalg.eigh", "linalg.eigvalsh") {
    let x = $0.text(nil, "UPLO") == "U" ? try $0.x.transposed() : try $0.x
    let (values, vectors) = x.symmetricEigen()
    // Signs are free, and PyTorch's tests compare sizes.
    return $0.sample.name == "linalg.eigh" ? [values, abs(vectors)] : [values]
  }
  table.add("linalg.svdvals") { try $0.x.svd().values }
  table.add("linalg.cond") {
    let values = try $0.x.svd().values
    return values.max(axes: [-1]) / values.min(axes: [-1])
  }
  table.addMany("svd", "linalg.svd") { call in
    let x = try call.x
    let (u, values, v) = x.svd()
    let outputs = call.sample.outputs.map(\.tensor)
    switch outputs.count {
    case 1: return [abs(u)]
    case 2:
      let valuesFirst = outputs[0].dims.count < outputs[1].dims.count
      return valuesFirst ? [values, abs(v)] : [u.matmul(v), values]
    default: break
    }
    // Here the vectors are compared too, with the signs that PyTorch chose.
    func signed(_ vectors: Tensor, _ expected: OpInfoTensor, _ axis: Int) throws -> Tensor {
      guard vectors.dims == expected.dims else {
        throw Inexpressible("vectors that belong to no singular value")
      }
      let given = Tensor(values: expected.values, shape: vectors.shape)
      return vectors * sign((vectors * given).sum(axes: [axis], keep: true))
    }
    let isOld = call.sample.name == "svd"
    return [
      try signed(u, outputs[0], -2), values,
      try signed(isOld ? v.transposed() : v, outputs[2], isOld ? -2 : -1),
    ]
  }
}

private func addInverses(_ table: inout OpInfoTable) {
  table.addMany("linalg.inv", "linalg.inv_ex") {
    let x = try $0.x
    return $0.sample.name == "linalg.inv" ? [x.inverse()] : [x.inverse(), success(x)]
  }
  table.add("pinverse", "linalg.pinv") { call in
    var tolerance: Double?
    switch call.value(nil, "rtol") {
    case .tensor(let i)?: tolerance = call.sample.inputs[i].values[0]
    case .number(let number, _)?: tolerance = number
    default: tolerance = nil
    }
    // Programs run in 64 bits here, models are written in 32.
    return try pseudoInverse(try call.x, tolerance)
  }
  table.add("linalg.pinv:hermitian") { _ in
    throw Inexpressible("a gradient at a matrix that only PyTorch takes for symmetric")
  }
  table.add("linalg.pinv:singular") {
    try pseudoInverse(try $0.x.matmul(try $0.tensor(1).transposed()), nil)
  }
}

private func pseudoInverse(_ x: Tensor, _ tolerance: Double?) throws -> Tensor {
  let usual = Double(x.dims.suffix(2).max() ?? 1) * Double.ulpOfOne
  return x.pseudoInverse(tolerance: tolerance ?? usual)
}

/// The singular values of the matrices in two axes, as the last axis.
func singularValues(_ x: Tensor, _ axes: [Int]) -> Tensor {
  let rest = (0..<x.rank).filter { !axes.contains($0) }
  return x.transposed(rest + axes).svd().values
}
