internal import Glibc
internal import LoopIR
package import Support

/// Eigenvalues in ascending order, and eigenvectors as columns, of symmetric matrices: by Jacobi's
/// rotations, in turn over all pairs of axes until the matrix is diagonal.
///
/// Only the lower triangle is read. The component with the largest absolute value in each vector,
/// the first of equal ones, is positive. The third result is workspace. The method stops after at
/// most `mostSweeps` sweeps; it needs six to ten.
///
///     %2 = symmetricEigen %0 : f32[8, 3], f32[8, 3, 3], f32[8, 3, 3]
package struct SymmetricEigen: Operation {
  package init() {}

  package static let word = "symmetricEigen"
  package var attributes: String { "" }

  package init(from text: inout OperationText) throws(ParseError) {}

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .opaque }
  package var resultWords: [String] { ["eigenvalues", "eigenvectors", "turned"] }

  /// Square matrices of `f32` or `f64`; the results are a vector for each matrix and twice the type
  /// of the operand.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let type = try MatrixType(mnemonic, operands[0], square: true)
    return [type.with(type.rows), operands[0], operands[0]]
  }

  /// `v (diagonal of d_w + t_ij / (w_j - w_i)) vᵀ`, where `t` is the antisymmetric part of
  /// `vᵀ d_v`: not finite for equal eigenvalues whose vectors matter.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let (values, v) = (context.results[0], context.results[1])
    var inner = context.seeds[0]?.diagonalEmbedded()
    if let seed = context.seeds[1] {
      let gaps = values.expanded(at: -2) - values.expanded(at: -1)
      let eye = v.identityMatrix()
      // Vectors only rotate, and an infinitesimal rotation is antisymmetric, so the gradient is
      // symmetric.
      let product = v.transposed().matmul(seed)
      let turns = (product - product.transposed()) * 0.5
      let isDiagonal = (eye .> 0).broadcast(to: v.shape)
      let byVectors = turns / select(isDiagonal, v.filled(1), gaps)
      inner = inner.map { $0 + byVectors } ?? byVectors
    }
    return [inner.map { v.matmul($0).matmul(v.transposed()) }]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    let n = operands[0].dims[operands[0].rank - 1]
    return .loops { context in
      context.forEachMatrix(Array(operands[0].dims.dropLast(2))) { batch in
        let views = context.results.map { MatrixView($0, batch) }
        let loops = JacobiLoops(
          context: context, values: views[0], vectors: views[1], work: views[2], n: n)
        return loops.statements { context.operands(0, batch + [$0, $1]) }
      }
    }
  }

  /// The limit of sweeps over all pairs.
  static let mostSweeps = 30
}

// The loops for one matrix.
private struct JacobiLoops {
  let context: LoopContext
  let values: MatrixView
  let vectors: MatrixView
  /// The matrix that is rotated.
  let work: MatrixView
  let n: Int

  // An element below this share of the whole matrix changes no eigenvalue.
  private var share: Double { work.buffer.type == .f32 ? 0x1p-26 : 0x1p-55 }

  func statements(_ a: (Index, Index) -> Expression) -> [Statement] {
    let (squares, sum, start) = context.scalar("squares", work.number(0))
    // The lower triangle, mirrored: in two nests of loops, as gcc 11 and 12 with AVX-512 lose
    // elements of matrices of 4x4 where one nest stores both.
    let copy = context.loop("i", n) { i in
      [context.loop("j", n, to: i + 1) { j in [work.set(i, j, to: a(i, j))] }]
    }
    let mirror = context.loop("i", n) { i in
      [context.loop("j", n, to: i) { j in [work.set(j, i, to: a(i, j))] }]
    }
    let measure = context.loop("i", n) { i in
      [context.loop("j", n) { j in [.assign(sum, squares + work[i, j] * work[i, j])] }]
    }
    let (limit, nameLimit) = context.named(
      "limit", squares.squareRoot * work.number(share))
    let sweeps = context.sweeps("rotations", most: SymmetricEigen.mostSweeps) { count in
      [
        context.loop("p", n) { p in
          [context.loop("q", n, from: p + 1) { q in visit(p, q, limit, count) }]
        }
      ]
    }
    // A single number has nothing to rotate.
    return [copy, mirror] + (n > 1 ? [start, measure, nameLimit] : [])
      + [context.setIdentity(vectors, n, n)] + (n > 1 ? sweeps : [])
      + [context.loop("i", n) { i in [values.set(i, to: work[i, i])] }]
      + context.sortColumns(values, [(vectors, n)], n, ascending: true)
      + [context.loop("j", n) { j in context.fixSign(of: [(vectors, n)], j) }]
  }

  // Rotates the axes `p` and `q` so that their common element becomes 0.
  private func visit(_ p: Index, _ q: Index, _ limit: Expression, _ count: Statement)
    -> [Statement]
  {
    let both = work[p, q]
    let (rotation, statements) = context.rotation(half: work[q, q] - work[p, p], both)
    let turn: [Statement] = [
      context.loop("k", n) { k in context.rotate(rotation, work, [k, p], [k, q]) },
      context.loop("k", n) { k in context.rotate(rotation, work, [p, k], [q, k]) },
      context.loop("k", n) { k in context.rotate(rotation, vectors, [k, p], [k, q]) },
      work.set(p, q, to: work.number(0)), work.set(q, p, to: work.number(0)),
    ]
    // NaN does not end the loop, so that the result is NaN, too.
    let isSmall = Expression.apply(.lessEqual, [both.magnitude, limit])
    return [.when(.apply(.not, [isSmall]), then: [count] + statements + turn, otherwise: [])]
  }
}

extension SymmetricEigen {
  /// The results for given numbers: by the rotation of the largest element, again and again.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    Numbers.withBounds(operands) { operands in
      let type = operands[0].type
      let found = operands[0].matrices.map { SymmetricEigen.system($0) }
      return [
        Numbers(
          TensorType(type.element, Array(type.dims.dropLast())),
          matrices: found.map { [$0.values] }),
        Numbers(type, matrices: found.map(\.vectors)),
        Numbers(type, operands[0].values.map { _ in 0 }),
      ]
    }
  }

  /// The eigenvalues in ascending order and the vectors as columns.
  static func system(_ lower: [[Double]]) -> (values: [Double], vectors: [[Double]]) {
    let n = lower.count
    var a = (0..<n).map { i in (0..<n).map { j in i < j ? lower[j][i] : lower[i][j] } }
    var v = identity(n)
    let pairs = (0..<n).flatMap { p in (0..<n).filter { $0 > p }.map { (p, $0) } }
    let size = a.joined().map(\.magnitude).max() ?? 0
    for _ in 0..<(50 * n * n) {
      guard let (p, q) = pairs.max(by: { a[$0.0][$0.1].magnitude < a[$1.0][$1.1].magnitude }),
        a[p][q].magnitude > 1e-300, a[p][q].magnitude > 1e-20 * size
      else { break }
      let angle = 0.5 * Glibc.atan2(2 * a[p][q], a[p][p] - a[q][q])
      var turn = identity(n)
      (turn[p][p], turn[q][q]) = (Glibc.cos(angle), Glibc.cos(angle))
      (turn[p][q], turn[q][p]) = (-Glibc.sin(angle), Glibc.sin(angle))
      a = product(GraphIR.transposed(turn), product(a, turn))
      v = product(v, turn)
    }
    let order = (0..<n).sorted { a[$0][$0] < a[$1][$1] }
    let columns = order.map { j in
      let column = v.map { $0[j] }
      let largest = column.max { $0.magnitude < $1.magnitude } ?? 0
      return largest < 0 ? column.map { -$0 } : column
    }
    return (order.map { a[$0][$0] }, GraphIR.transposed(columns))
  }
}

extension Tensor {
  /// The eigenvalues of symmetric matrices in ascending order, and their eigenvectors as columns.
  ///
  /// Only the lower triangle is read. The largest component of a vector is positive.
  public func symmetricEigen() -> (values: Tensor, vectors: Tensor) {
    let results = builder.apply(SymmetricEigen(), [self], results: 3)
    return (results[0], results[1])
  }
}
