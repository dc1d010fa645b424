internal import LoopIR
package import Support

/// Orthonormal columns `q` and an upper triangle `r` with `q r = a`, by Householder's reflections.
///
/// `q` has as many columns as the smaller extent of `a`. Signs are LAPACK's: the diagonal of `r`
/// may be negative. The third and fourth result are workspace: the reflections below the diagonal,
/// and their lengths.
///
///     %2 = qr %0 : f32[5, 3], f32[3, 3], f32[5, 3], f32[3]
package struct QR: Operation {
  package init() {}

  package static let word = "qr"
  package var attributes: String { "" }

  package init(from text: inout OperationText) throws(ParseError) {}

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .opaque }
  package var resultWords: [String] { ["q", "r", "reflections", "scales"] }

  /// Matrices `[m, n]` of `f32` or `f64`; with `k` the smaller extent, the results are `[m, k]`,
  /// `[k, n]`, `[m, n]` and `[k]`.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let type = try MatrixType(mnemonic, operands[0])
    let size = min(type.rows, type.columns)
    return [
      type.with(type.rows, size), type.with(size, type.columns), operands[0], type.with(size),
    ]
  }

  /// With `m = r dᵣᵀ - d_qᵀ q`, `(d_q + q (m's lower triangle mirrored)) r⁻ᵀ`. Columns beyond a
  /// square, which are `q` times the rest of `r`, add to `d_q` first.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    if context.seeds[0] == nil, context.seeds[1] == nil { return [nil] }
    let (q, r) = (context.results[0], context.results[1])
    let byQ = context.seeds[0] ?? q.filled(0)
    let byR = context.seeds[1] ?? r.filled(0)
    let size = q.shape[-1]
    let rest = r.shape[-1] - size
    guard rest > 0 else { return [QR.square(q, r, byQ, byR)] }
    func split(_ x: Tensor) -> (Tensor, Tensor) {
      (x.sliced(-1, 0..<size), x.sliced(-1, size..<(size + rest)))
    }
    let (first, beyond) = split(byR)
    let byColumns = q.matmul(beyond)
    let more = byQ + split(context.operands[0]).1.matmul(beyond.transposed())
    let bySquare = QR.square(q, split(r).0, more, first)
    return [concatenate([bySquare, byColumns], axis: -1)]
  }

  private static func square(_ q: Tensor, _ r: Tensor, _ byQ: Tensor, _ byR: Tensor) -> Tensor {
    let m = r.matmul(byR.transposed()) - byQ.transposed().matmul(q)
    let mirrored = m.lowerTriangle() + m.lowerTriangle(offset: -1).transposed()
    let all = byQ + q.matmul(mirrored)
    return r.triangularSolve(all, upper: true, left: false, transposed: true)
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .loops { context in
      context.forEachMatrix(Array(operands[0].dims.dropLast(2))) { batch in
        let views = context.results.map { MatrixView($0, batch) }
        let loops = QRLoops(
          context: context, q: views[0], r: views[1], work: views[2], scale: views[3],
          rows: operands[0].dims[operands[0].rank - 2], columns: operands[0].dims.last ?? 1)
        return loops.statements { context.operands(0, batch + [$0, $1]) }
      }
    }
  }
}

// The loops for one matrix.
private struct QRLoops {
  let context: LoopContext
  let q: MatrixView
  let r: MatrixView
  /// The matrix while it is reflected; in the end `r`, and below it the reflections.
  let work: MatrixView
  let scale: MatrixView
  let rows: Int
  let columns: Int

  var size: Int { min(rows, columns) }

  func statements(_ a: (Index, Index) -> Expression) -> [Statement] {
    let copy = context.loop("i", rows) { i in
      [context.loop("j", columns) { j in [work.set(i, j, to: a(i, j))] }]
    }
    let reflect = context.loop("k", size) { k in
      makeReflection(k) + [context.loop("j", columns, from: k + 1) { j in apply(k, to: work, j) }]
    }
    let triangle = context.loop("i", size) { i in
      [
        context.loop("j", columns, to: i) { j in [r.set(i, j, to: r.number(0))] },
        context.loop("j", columns, from: i) { j in [r.set(i, j, to: work[i, j])] },
      ]
    }
    // The product of all reflections, from the last to the first.
    let join = context.loop("c", size) { c in
      let k = Index(size - 1) - c
      return [context.loop("j", size, from: k) { j in apply(k, to: q, j) }]
    }
    return [copy, reflect, triangle, context.setIdentity(q, rows, size), join]
  }

  // The reflection that takes column `k` below the diagonal to 0; none if it is 0 already.
  private func makeReflection(_ k: Index) -> [Statement] {
    let (squares, local, start) = context.scalar("squares", work.number(0))
    let sum = context.loop("i", rows, from: k + 1) { i in
      [.assign(local, squares + work[i, k] * work[i, k])]
    }
    let (head, nameHead) = context.named("head", work[k, k])
    let length = (head * head + squares).squareRoot
    let (turned, nameTurned) = context.named(
      "turned", head.isBelow(head.like(0)).chooses(length, -length))
    let reflect: [Statement] = [
      nameHead, nameTurned,
      scale.set(k, to: (turned - head) / turned),
      context.loop("i", rows, from: k + 1) { i in
        [work.set(i, k, to: work[i, k] / (head - turned))]
      },
      work.set(k, k, to: turned),
    ]
    return [
      start, sum, scale.set(k, to: scale.number(0)),
      .when(squares.differs(from: squares.like(0)), then: reflect, otherwise: []),
    ]
  }

  // Column `j` of a matrix reflected by the `k`-th reflection, whose first element is 1.
  private func apply(_ k: Index, to target: MatrixView, _ j: Index) -> [Statement] {
    let (product, local, start) = context.scalar("product", target[k, j])
    let sum = context.loop("i", rows, from: k + 1) { i in
      [.assign(local, product + work[i, k] * target[i, j])]
    }
    return [
      start, sum, .assign(local, product * scale[k]),
      target.set(k, j, to: target[k, j] - product),
      context.loop("i", rows, from: k + 1) { i in
        [target.set(i, j, to: target[i, j] - work[i, k] * product)]
      },
    ]
  }
}

extension QR {
  /// The first two results for given numbers, by products with whole reflections; and the workspace
  /// as 0.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    Numbers.withBounds(operands) { operands in
      let type = operands[0].type
      let batch = Array(type.dims.dropLast(2))
      let (m, n) = (type.dims[type.rank - 2], type.dims[type.rank - 1])
      let size = min(m, n)
      let found = operands[0].matrices.map { QR.factors($0, size) }
      func scratch(_ dims: [Int]) -> Numbers {
        let type = TensorType(type.element, batch + dims)
        return Numbers(type, Array(repeating: 0, count: type.shape.count))
      }
      return [
        Numbers(TensorType(type.element, batch + [m, size]), matrices: found.map(\.q)),
        Numbers(TensorType(type.element, batch + [size, n]), matrices: found.map(\.r)),
        scratch([m, n]), scratch([size]),
      ]
    }
  }

  private static func factors(_ a: [[Double]], _ size: Int) -> (q: [[Double]], r: [[Double]]) {
    let m = a.count
    var q = identity(m)
    var r = a
    for k in 0..<size {
      var v = (0..<m).map { $0 < k ? 0 : r[$0][k] }
      guard v.dropFirst(k + 1).contains(where: { $0 != 0 }) else { continue }
      let length = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
      v[k] += v[k] < 0 ? -length : length
      let square = v.reduce(0) { $0 + $1 * $1 }
      let reflection = (0..<m).map { i in
        (0..<m).map { j in (i == j ? 1 : 0) - 2 * v[i] * v[j] / square }
      }
      q = product(q, reflection)
      r = product(reflection, r)
    }
    for i in r.indices { for j in r[i].indices where j < i { r[i][j] = 0 } }
    return (q.map { Array($0[..<size]) }, Array(r[..<size]))
  }
}

extension Tensor {
  /// Orthonormal columns `q` and an upper triangle `r` whose product is `self`, for the matrices in
  /// the last two axes. The diagonal of `r` may be negative.
  public func qr() -> (q: Tensor, r: Tensor) {
    let results = builder.apply(QR(), [self], results: 4)
    return (results[0], results[1])
  }
}
