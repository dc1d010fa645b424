internal import LoopIR
package import Support

/// Gaussian elimination with rows exchanged for the largest pivot: `p a = l u`.
///
/// The first result holds `u` with `l` below its diagonal, whose own diagonal is 1. The second
/// gives the row of `a` for each row of `p a`; the third is 1 or -1, the determinant of `p`. A
/// column without a pivot leaves a 0 on the diagonal of `u`.
///
///     %2 = lu %0 : f32[8, 3, 3], i32[8, 3], f32[8]
package struct LU: Operation {
  package init() {}

  package static let word = "lu"
  package var attributes: String { "" }

  package init(from text: inout OperationText) throws(ParseError) {}

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .opaque }
  package var resultWords: [String] { ["lu", "rows", "sign"] }

  /// Square matrices of `f32` or `f64`. The results are the triangles, of the type of the operand,
  /// the rows as `i32`, and a sign for each matrix.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let type = try MatrixType(mnemonic, operands[0], square: true)
    return [operands[0], type.with(type.rows, element: .i32), type.with()]
  }

  /// `pᵀ l⁻ᵀ m u⁻ᵀ`, where `m` consists of the lower part of `lᵀ seed` and the upper part of `seed
  /// uᵀ`.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return [nil] }
    let (lu, rows) = (context.results[0], context.results[1])
    let lower = lu.lowerTriangle(offset: -1)
    let own = seed.lowerTriangle(offset: -1)
    let m =
      (lower.transposed().matmul(own) + own).lowerTriangle(offset: -1)
      + seed.upperTriangle().matmul(lu.upperTriangle().transposed()).upperTriangle()
    let left = lu.triangularSolve(
      m, upper: false, transposed: true, unitDiagonal: true)
    let both = lu.triangularSolve(left, upper: true, left: false, transposed: true)
    let order = rows.oneHot(lu.shape[-1]).cast(to: lu.elementType)
    return [order.transposed().matmul(both)]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    let n = operands[0].dims[operands[0].rank - 1]
    return .loops { context in
      context.forEachMatrix(Array(operands[0].dims.dropLast(2))) { batch in
        let sign = MatrixView(context.results[2], batch)
        let start = sign.set(to: sign.number(1))
        return [start]
          + context.eliminate(
            MatrixView(context.results[0], batch), rows: MatrixView(context.results[1], batch), n,
            exchanged: sign.set(to: -sign[]), a: { context.operands(0, batch + [$0, $1]) })
      }
    }
  }
}

extension LoopContext {
  /// Returns loops that factorise a matrix in `lu` and record in `rows` where each row comes from;
  /// `exchanged` follows each exchange of rows.
  func eliminate(
    _ lu: MatrixView, rows: MatrixView, _ n: Int, exchanged: Statement?,
    a: (Index, Index) -> Expression
  ) -> [Statement] {
    let copy = loop("i", n) { i in
      [rows.set(i, to: .index(i, .i32)), loop("j", n) { j in [lu.set(i, j, to: a(i, j))] }]
    }
    let steps = loop("k", n) { k in
      let (pivot, pivotLocal, findRow) = scalar("pivot", .index(k, .i32))
      let (largest, largestLocal, findValue) = scalar("largest", lu[k, k].magnitude)
      let search = loop("i", n, from: k + 1) { i in
        let (value, name) = named("value", lu[i, k].magnitude)
        return [
          name,
          .when(
            value.isAbove(largest),
            then: [.assign(largestLocal, value), .assign(pivotLocal, .index(i, .i32))],
            otherwise: []),
        ]
      }
      let row = Index(pivot, in: 0...(n - 1))
      let exchange =
        exchange("row", rows, [k], [row])
        + [loop("j", n) { j in self.exchange("element", lu, [k, j], [row, j]) }]
        + (exchanged.map { [$0] } ?? [])
      let clear = loop("i", n, from: k + 1) { i in
        [
          lu.set(i, k, to: lu[i, k] / lu[k, k]),
          loop("j", n, from: k + 1) { j in [lu.set(i, j, to: lu[i, j] - lu[i, k] * lu[k, j])] },
        ]
      }
      return [
        findRow, findValue, search,
        .when(pivot.differs(from: .index(k, .i32)), then: exchange, otherwise: []),
        // Without a pivot there is nothing to subtract from the rows below.
        .when(lu[k, k].differs(from: lu.number(0)), then: [clear], otherwise: []),
      ]
    }
    return [copy, steps]
  }
}

extension LU {
  /// The result for given numbers: row by row, each element of `l` and `u` as a sum of products.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    Numbers.withBounds(operands) { operands in
      let type = operands[0].type
      let found = operands[0].matrices.map { LU.factors($0) }
      let batch = Array(type.dims.dropLast(2))
      return [
        Numbers(type, matrices: found.map(\.lu)),
        Numbers(
          TensorType(.i32, Array(type.dims.dropLast())),
          matrices: found.map { [$0.rows.map(Double.init)] }),
        Numbers(TensorType(type.element, batch), matrices: found.map { [[$0.sign]] }),
      ]
    }
  }

  /// Crout's method, by columns.
  static func factors(_ a: [[Double]]) -> (lu: [[Double]], rows: [Int], sign: Double) {
    var (lu, rows, sign) = (a, Array(a.indices), 1.0)
    for j in a.indices {
      for i in a.indices {
        let products = (0..<min(i, j)).reduce(0) { $0 + lu[i][$1] * lu[$1][j] }
        lu[i][j] -= products
      }
      let pivot = (j..<a.count).reduce(j) {
        lu[$1][j].magnitude > lu[$0][j].magnitude ? $1 : $0
      }
      if pivot != j {
        lu.swapAt(pivot, j)
        rows.swapAt(pivot, j)
        sign = -sign
      }
      if lu[j][j] != 0 { for i in a.indices where i > j { lu[i][j] /= lu[j][j] } }
    }
    return (lu, rows, sign)
  }
}

extension Tensor {
  /// A permutation matrix, a lower triangle with 1 on its diagonal, and an upper triangle whose
  /// product, in this order, is `self`.
  public func lu() -> (permutation: Tensor, lower: Tensor, upper: Tensor) {
    let results = builder.apply(LU(), [self], results: 3)
    guard results[0].value != nil else { return (results[0], results[0], results[0]) }
    let n = shape[-1]
    let order = results[1].oneHot(n).cast(to: elementType)
    let one = results[0].identityMatrix()
    return (
      order.transposed(), results[0].lowerTriangle(offset: -1) + one, results[0].upperTriangle()
    )
  }

  /// The determinant of the matrices in the last two axes.
  public func determinant() -> Tensor {
    guard isMatrix("determinant", square: true, real: true) else { return builder.poison() }
    let results = builder.apply(LU(), [self], results: 3)
    return results[0].diagonal().product(axes: [-1]) * results[2]
  }

  /// The sign of the determinant, and the logarithm of its absolute value: 0 and minus infinity for
  /// a singular matrix.
  public func logDeterminant() -> (sign: Tensor, logarithm: Tensor) {
    guard isMatrix("logDeterminant", square: true, real: true) else {
      return (builder.poison(), builder.poison())
    }
    let results = builder.apply(LU(), [self], results: 3)
    let diagonal = results[0].diagonal()
    let signs = sign(diagonal).stopGradient().product(axes: [-1])
    return (signs * results[2], log(abs(diagonal)).sum(axes: [-1]))
  }
}
