internal import LoopIR
package import Support

/// The `x` with `a x = b`, where `a` is a triangle: the other side of the diagonal is not read, nor
/// is the diagonal if it is `unit`, which means 1 everywhere.
///
/// A 0 on the diagonal gives infinities or NaN.
///
///     %2 = triangularSolve %0, %1 {upper unit} : f32[8, 3, 5]
package struct TriangularSolve: Operation {
  package let upper: Bool
  package let unit: Bool

  package init(upper: Bool, unit: Bool) {
    self.upper = upper
    self.unit = unit
  }

  package static let word = "triangularSolve"
  package var attributes: String { (upper ? "upper" : "lower") + (unit ? " unit" : "") }

  package init(from text: inout OperationText) throws(ParseError) {
    upper = text.attributes.accept(word: "upper")
    if !upper, !text.attributes.accept(word: "lower") {
      throw text.attributes.error("'triangularSolve' is 'lower' or 'upper'")
    }
    unit = text.attributes.accept(word: "unit")
  }

  package var operandCount: ClosedRange<Int> { 2...2 }
  package var role: FusionRole { .opaque }

  /// Square matrices of `f32` or `f64`, and right sides of that element type with as many rows and
  /// the same leading axes; the result has the type of the right sides.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    _ = try MatrixType(mnemonic, operands[0], square: true)
    try MatrixType.fit(mnemonic, operands[0], operands[1])
    return [operands[1]]
  }

  /// For `b`, the solution with `aᵀ` for the seed; for `a`, minus its product with `xᵀ`, where `a`
  /// is read.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return [nil, nil] }
    let opposite = TriangularSolve(upper: !upper, unit: unit)
    let byB = seed.builder.apply(opposite, context.operands[0].transposed(), seed)
    let byA = -byB.matmul(context.results[0].transposed())
    let triangle =
      upper ? byA.upperTriangle(offset: unit ? 1 : 0) : byA.lowerTriangle(offset: unit ? -1 : 0)
    return [triangle, byB]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    let (rows, columns) = (results[0].dims[results[0].rank - 2], results[0].dims.last ?? 1)
    return .loops { context in
      context.forEachMatrix(Array(results[0].dims.dropLast(2))) { batch in
        let x = MatrixView(context.results[0], batch)
        func a(_ i: Index, _ k: Index) -> Expression { context.operands(0, batch + [i, k]) }
        return context.substitute(
          upper: upper, unit: unit, a, x, rows, columns,
          start: { context.operands(1, batch + [$0, $1]) })
      }
    }
  }
}

extension LoopContext {
  /// Returns loops that solve a triangle by substitution, row by row. Without `start`, `x` holds
  /// the right side already.
  func substitute(
    upper: Bool, unit: Bool, _ a: (Index, Index) -> Expression, _ x: MatrixView, _ rows: Int,
    _ columns: Int, start: ((Index, Index) -> Expression)?
  ) -> [Statement] {
    func forColumns(_ body: (Index) -> Statement) -> Statement {
      loop("j", columns) { [body($0)] }
    }
    return [
      loop("r", rows) { r in
        let i = upper ? Index(rows - 1) - r : r
        var body: [Statement] = []
        if let start { body.append(forColumns { x.set(i, $0, to: start(i, $0)) }) }
        let known = (first: upper ? i + 1 : Index(0), end: upper ? nil : i)
        body.append(
          loop("k", rows, from: known.first, to: known.end) { k in
            [forColumns { x.set(i, $0, to: x[i, $0] - a(i, k) * x[k, $0]) }]
          })
        if !unit { body.append(forColumns { x.set(i, $0, to: x[i, $0] / a(i, i)) }) }
        return body
      }
    ]
  }
}

extension TriangularSolve {
  /// The result for given numbers: each row by substituting the known ones.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    Numbers.withBounds(operands) { operands in
      let parts = zip(operands[0].matrices, operands[1].matrices).map { a, b in
        let order = upper ? Array(b.indices.reversed()) : Array(b.indices)
        var x = b
        for (at, i) in order.enumerated() {
          for j in b[i].indices {
            let known = order[..<at].reduce(0) { $0 + a[i][$1] * x[$1][j] }
            x[i][j] = (b[i][j] - known) / (unit ? 1 : a[i][i])
          }
        }
        return x
      }
      return [Numbers(operands[1].type, matrices: parts)]
    }
  }
}

extension Tensor {
  /// The `x` with `self x = right`, or `x self = right` if `left` is false.
  ///
  /// `self` is a triangle: the other side of the diagonal is not read. With `unitDiagonal` the
  /// diagonal counts as 1, with `transposed` the transpose of the triangle is used. Axes before the
  /// last two are broadcast.
  public func triangularSolve(
    _ right: Tensor, upper: Bool, left: Bool = true, transposed: Bool = false,
    unitDiagonal: Bool = false
  ) -> Tensor {
    guard let (a, b) = Tensor.matrices("triangularSolve", self, right, left: left) else {
      return builder.poison()
    }
    // x a = b is aᵀ xᵀ = bᵀ.
    let isTurned = left == transposed
    let op = TriangularSolve(upper: upper != isTurned, unit: unitDiagonal)
    let triangle = isTurned ? a.transposed() : a
    if left { return builder.apply(op, triangle, b) }
    let x = builder.apply(op, triangle, b.transposed())
    return x.value == nil ? x : x.transposed()
  }

  /// Two operands of an equation with matrices, with equal leading axes; nil after reporting that
  /// they do not fit.
  static func matrices(_ op: String, _ a: Tensor, _ b: Tensor, left: Bool = true)
    -> (Tensor, Tensor)?
  {
    guard a.value != nil, b.value != nil, together([a, b], op) else { return nil }
    let operands = [a, b]
    for (name, x) in [("the matrix", a), ("the right side", b)] where x.rank < 2 {
      let hint = name == "the right side" ? "'expanded(at: -1)' turns a vector into a column" : nil
      var error = TypeError.needsRank(op, "at least 2", name, x.type)
      if x.rank == 1, let hint { error = TypeError(error.message, hint: hint) }
      a.builder.fail(error, operands: operands)
      return nil
    }
    guard a.shape[-1] == a.shape[-2] else {
      a.builder.fail(.notSquare(op, a.type), operands: [a])
      return nil
    }
    guard a.shape[-1] == b.shape[left ? -2 : -1] else {
      let error =
        left ? TypeError.rowsDiffer(op, a.type, b.type) : .columnsDiffer(op, a.type, b.type)
      a.builder.fail(error, operands: operands)
      return nil
    }
    let outer = operands.map { Shape($0.shape.dims.dropLast(2)) }
    guard let batch = Shape.broadcast(outer[0], outer[1]) else {
      a.builder.fail(.cannotBroadcast(op, a.type, b.type), operands: operands)
      return nil
    }
    func spread(_ x: Tensor) -> Tensor {
      x.broadcast(to: Shape(batch.dims + x.shape.dims.suffix(2)))
    }
    return (spread(a), spread(b))
  }
}
