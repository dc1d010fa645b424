internal import LoopIR
package import Support

/// The `x` with `a x = b`, by elimination with exchange of rows.
///
/// The second and third result are workspace: the triangles and the rows of `LU`. If `a` is
/// singular, `x` is infinite or NaN where it is not determined.
///
///     %2 = solve %0, %1 : f32[8, 3, 5], f32[8, 3, 3], i32[8, 3]
package struct Solve: Operation {
  package init() {}

  package static let word = "solve"
  package var attributes: String { "" }

  package init(from text: inout OperationText) throws(ParseError) {}

  package var operandCount: ClosedRange<Int> { 2...2 }
  package var role: FusionRole { .opaque }
  package var resultWords: [String] { ["solution", "triangles", "rows"] }

  /// Square matrices of `f32` or `f64`, and right sides of that element type with as many rows and
  /// the same leading axes. The results have the types of the right sides, of the matrices, and of
  /// a vector of `i32` for each matrix.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let type = try MatrixType(mnemonic, operands[0], square: true)
    try MatrixType.fit(mnemonic, operands[0], operands[1])
    return [operands[1], operands[0], type.with(type.rows, element: .i32)]
  }

  /// For `b`, the solution with `aᵀ` for the seed; for `a`, minus its product with `xᵀ`.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return [nil, nil] }
    let byB = seed.builder.apply(
      Solve(), [context.operands[0].transposed(), seed], results: 3)[0]
    return [-byB.matmul(context.results[0].transposed()), byB]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    let (n, columns) = (operands[0].dims[operands[0].rank - 1], results[0].dims.last ?? 1)
    return .loops { context in
      context.forEachMatrix(Array(operands[0].dims.dropLast(2))) { batch in
        let x = MatrixView(context.results[0], batch)
        let lu = MatrixView(context.results[1], batch)
        let rows = MatrixView(context.results[2], batch)
        let triangles = context.eliminate(
          lu, rows: rows, n, exchanged: nil, a: { context.operands(0, batch + [$0, $1]) })
        let forward = context.substitute(
          upper: false, unit: true, { lu[$0, $1] }, x, n, columns,
          start: { i, j in
            context.operands(1, batch + [Index(rows[i], in: 0...(n - 1)), j])
          })
        let back = context.substitute(
          upper: true, unit: false, { lu[$0, $1] }, x, n, columns, start: nil)
        return triangles + forward + back
      }
    }
  }
}

extension Solve {
  /// The result for given numbers: by Gauss and Jordan's elimination of whole columns.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let lu = LU().evaluate([operands[0]])
    let x = Numbers.withBounds(operands) { operands in
      let parts = zip(operands[0].matrices, operands[1].matrices).map { a, b in
        var rows = zip(a, b).map { $0 + $1 }
        for k in a.indices {
          let pivot = (k..<a.count).reduce(k) {
            rows[$1][k].magnitude > rows[$0][k].magnitude ? $1 : $0
          }
          rows.swapAt(k, pivot)
          rows[k] = rows[k].map { [divisor = rows[k][k]] in $0 / divisor }
          for i in a.indices where i != k {
            rows[i] = zip(rows[i], rows[k]).map { [factor = rows[i][k]] in $0 - factor * $1 }
          }
        }
        return rows.map { Array($0[a.count...]) }
      }
      return [Numbers(operands[1].type, matrices: parts)]
    }
    return x + lu[..<2]
  }
}

extension Tensor {
  /// The `x` with `self x = right`, for square matrices in the last two axes; leading axes are
  /// broadcast.
  public func solve(_ right: Tensor) -> Tensor {
    guard let (a, b) = Tensor.matrices("solve", self, right) else { return builder.poison() }
    return builder.apply(Solve(), [a, b], results: 3)[0]
  }

  /// The inverse of the matrices in the last two axes.
  public func inverse() -> Tensor {
    guard isMatrix("inverse", square: true, real: true) else { return builder.poison() }
    return solve(identityMatrix().broadcast(to: shape))
  }
}
