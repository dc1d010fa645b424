internal import LoopIR
package import Support

/// Singular values in descending order, and the vectors on both sides as columns: `u diag(s) vᵀ =
/// a`, for matrices that have at least as many rows as columns.
///
/// Hestenes' one-sided method: pairs of columns of `a` are rotated until all are orthogonal. The
/// component with the largest absolute value in each column of `v` is positive. Where a singular
/// value is 0, the column of `u` is 0. The method stops after at most `mostSweeps` sweeps.
///
///     %2 = svd %0 : f32[5, 3], f32[3], f32[3, 3]
package struct SVD: Operation {
  package init() {}

  package static let word = "svd"
  package var attributes: String { "" }

  package init(from text: inout OperationText) throws(ParseError) {}

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .opaque }
  package var resultWords: [String] { ["u", "s", "v"] }

  /// Matrices `[m, n]` of `f32` or `f64` with `m` at least `n`; the results are `[m, n]`, `[n]` and
  /// `[n, n]`.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let type = try MatrixType(mnemonic, operands[0])
    guard type.rows >= type.columns else { throw .tall(mnemonic, operands[0]) }
    return [operands[0], type.with(type.columns), type.with(type.columns, type.columns)]
  }

  /// PyTorch's formula; not finite for equal singular values whose vectors matter.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let (u, s, v) = (context.results[0], context.results[1], context.results[2])
    var inner = context.seeds[1]?.diagonalEmbedded()
    let squares = s * s
    let isDiagonal = (v.identityMatrix() .> 0).broadcast(to: v.shape)
    let gaps = select(
      isDiagonal, v.filled(1), squares.expanded(at: -2) - squares.expanded(at: -1))
    func turns(_ vectors: Tensor, _ seed: Tensor) -> Tensor {
      let product = vectors.transposed().matmul(seed)
      return (product - product.transposed()) / gaps
    }
    func add(_ x: Tensor) { inner = inner.map { $0 + x } ?? x }
    if let seed = context.seeds[0] { add(turns(u, seed) * s.expanded(at: -2)) }
    if let seed = context.seeds[2] { add(s.expanded(at: -1) * turns(v, seed)) }
    var result = inner.map { u.matmul($0).matmul(v.transposed()) }
    if let seed = context.seeds[0], u.shape[-1] < u.shape[-2] {
      // The component outside the column space.
      let outside = seed - u.matmul(u.transposed().matmul(seed))
      let more = (outside / s.expanded(at: -2)).matmul(v.transposed())
      result = result.map { $0 + more } ?? more
    }
    return [result]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .loops { context in
      context.forEachMatrix(Array(operands[0].dims.dropLast(2))) { batch in
        let views = context.results.map { MatrixView($0, batch) }
        let loops = SVDLoops(
          context: context, u: views[0], s: views[1], v: views[2],
          rows: operands[0].dims[operands[0].rank - 2], columns: operands[0].dims.last ?? 1)
        return loops.statements { context.operands(0, batch + [$0, $1]) }
      }
    }
  }

  /// The limit of sweeps over all pairs.
  static let mostSweeps = 40
}

/// The loops of `SVD` for one matrix.
struct SVDLoops {
  let context: LoopContext
  /// The matrix whose columns are rotated.
  let u: MatrixView
  let s: MatrixView
  let v: MatrixView
  let rows: Int
  let columns: Int

  // Two columns are orthogonal if their product is smaller than this share of their lengths'.
  private var share: Double {
    (u.buffer.type == .f32 ? 0x1p-24 : 0x1p-53) * Double(rows).squareRoot()
  }

  func statements(_ a: (Index, Index) -> Expression) -> [Statement] {
    let copy = context.loop("i", rows) { i in
      [context.loop("j", columns) { j in [u.set(i, j, to: a(i, j))] }]
    }
    let lengths = context.loop("j", columns) { j in
      let (squares, local, start) = context.scalar("squares", u.number(0))
      let sum = context.loop("i", rows) { i in [.assign(local, squares + u[i, j] * u[i, j])] }
      return [start, sum, s.set(j, to: squares.squareRoot)]
    }
    let divide = context.loop("j", columns) { j in
      [
        .when(
          s[j].differs(from: s.number(0)),
          then: [context.loop("i", rows) { i in [u.set(i, j, to: u[i, j] / s[j])] }],
          otherwise: [])
      ] + context.fixSign(of: [(v, columns), (u, rows)], j)
    }
    return [copy, context.setIdentity(v, columns, columns)]
      + context.sweeps("rotations", most: SVD.mostSweeps) { count in
        [
          context.loop("p", columns) { p in
            [context.loop("q", columns, from: p + 1) { q in visit(p, q, count) }]
          }
        ]
      }
      + [lengths] + context.sortColumns(s, [(u, rows), (v, columns)], columns, ascending: false)
      + [divide]
  }

  // Rotates the columns `p` and `q` so that they become orthogonal.
  private func visit(_ p: Index, _ q: Index, _ count: Statement) -> [Statement] {
    let (pp, ppLocal, startPP) = context.scalar("pp", u.number(0))
    let (qq, qqLocal, startQQ) = context.scalar("qq", u.number(0))
    let (pq, pqLocal, startPQ) = context.scalar("pq", u.number(0))
    let sum = context.loop("i", rows) { i in
      [
        .assign(ppLocal, pp + u[i, p] * u[i, p]), .assign(qqLocal, qq + u[i, q] * u[i, q]),
        .assign(pqLocal, pq + u[i, p] * u[i, q]),
      ]
    }
    let (rotation, statements) = context.rotation(half: qq - pp, pq)
    let turn: [Statement] = [
      context.loop("i", rows) { i in context.rotate(rotation, u, [i, p], [i, q]) },
      context.loop("j", columns) { j in context.rotate(rotation, v, [j, p], [j, q]) },
    ]
    // NaN does not end the loop, so that the result is NaN, too.
    let isSmall = Expression.apply(
      .lessEqual,
      [pq.magnitude, u.number(share) * pp.squareRoot * qq.squareRoot])
    return [
      startPP, startQQ, startPQ, sum,
      .when(.apply(.not, [isSmall]), then: [count] + statements + turn, otherwise: []),
    ]
  }
}

extension SVD {
  /// The results for given numbers: by the eigenvectors of `aᵀ a`.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    Numbers.withBounds(operands) { operands in
      let type = operands[0].type
      let columns = type.dims[type.rank - 1]
      let batch = Array(type.dims.dropLast(2))
      let found = operands[0].matrices.map { SVD.factors($0) }
      return [
        Numbers(type, matrices: found.map(\.u)),
        Numbers(TensorType(type.element, batch + [columns]), matrices: found.map { [$0.s] }),
        Numbers(TensorType(type.element, batch + [columns, columns]), matrices: found.map(\.v)),
      ]
    }
  }

  /// The three factors of a matrix with at least as many rows as columns.
  static func factors(_ a: [[Double]]) -> (u: [[Double]], s: [Double], v: [[Double]]) {
    let ascending = SymmetricEigen.system(product(transposed(a), a)).vectors
    let v = ascending.map { Array($0.reversed()) }
    let turned = product(a, v)
    let s = v.indices.map { j in
      turned.reduce(0) { $0 + $1[j] * $1[j] }.squareRoot()
    }
    return (turned.map { zip($0, s).map { $1 == 0 ? 0 : $0 / $1 } }, s, v)
  }
}

extension Tensor {
  /// `u`, singular values in descending order, and `vᵀ`, whose product is `self`: the reduced form,
  /// for matrices in the last two axes.
  ///
  /// The largest component of each vector on the side with fewer rows is positive. Where a singular
  /// value is 0, the vector on the longer side is 0.
  public func svd() -> (u: Tensor, values: Tensor, vTransposed: Tensor) {
    let isWide = rank >= 2 && shape[-2] < shape[-1]
    let results = builder.apply(SVD(), [isWide ? transposed() : self], results: 3)
    guard results[0].value != nil else { return (results[0], results[0], results[0]) }
    return isWide
      ? (results[2], results[1], results[0].transposed())
      : (results[0], results[1], results[2].transposed())
  }
}
