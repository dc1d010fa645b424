internal import LoopIR
package import Support

/// The lower triangle `l` with `l lᵀ = a`, for symmetric positive definite matrices.
///
/// Only the lower triangle of `a` is read. If `a` is not positive definite, the result is NaN from
/// the first column in which this shows.
///
///     %1 = cholesky %0 : f32[8, 3, 3]
package struct Cholesky: Operation {
  package init() {}

  package static let word = "cholesky"
  package var attributes: String { "" }

  package init(from text: inout OperationText) throws(ParseError) {}

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .opaque }

  /// Square matrices of `f32` or `f64` in the last two axes; the result has their type.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    _ = try MatrixType(mnemonic, operands[0], square: true)
    return [operands[0]]
  }

  /// With `p` the lower triangle of `lᵀ seed`, its diagonal halved, `l⁻ᵀ p l⁻¹` made symmetric: the
  /// gradient for matrices that stay symmetric.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return [nil] }
    let l = context.results[0]
    let product = l.transposed().matmul(seed)
    let p = product.lowerTriangle() - (product.diagonal() * 0.5).diagonalEmbedded()
    let half = l.transposed().triangularSolve(p, upper: true)
    let gradient = l.triangularSolve(half, upper: false, left: false)
    return [(gradient + gradient.transposed()) * 0.5]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    let n = operands[0].dims[operands[0].rank - 1]
    return .loops { context in
      context.forEachMatrix(Array(operands[0].dims.dropLast(2))) { batch in
        let l = MatrixView(context.results[0], batch)
        func a(_ i: Index, _ j: Index) -> Expression { context.operands(0, batch + [i, j]) }
        return [context.loop("j", n) { j in column(j, n, a, l, context) }]
      }
    }
  }

  // Column `j`, from the columns before it.
  private func column(
    _ j: Index, _ n: Int, _ a: (Index, Index) -> Expression, _ l: MatrixView,
    _ context: LoopContext
  ) -> [Statement] {
    // The rest of an element after subtracting the products of earlier columns.
    func rest(_ name: String, _ i: Index) -> (Expression, [Statement]) {
      let (value, local, start) = context.scalar(name, a(i, j))
      let take = context.loop("k", n, to: j) { k in [.assign(local, value - l[i, k] * l[j, k])] }
      return (value, [start, take])
    }
    let above = context.loop("i", n, to: j) { i in [l.set(i, j, to: l.number(0))] }
    let (square, first) = rest("square", j)
    let below = context.loop("i", n, from: j + 1) { i in
      let (value, statements) = rest("value", i)
      return statements + [l.set(i, j, to: value / l[j, j])]
    }
    return [above] + first + [l.set(j, j, to: square.squareRoot), below]
  }
}

extension Cholesky {
  /// The result for given numbers: by Gaussian elimination, whose upper triangle is `d lᵀ`.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    Numbers.withBounds(operands) { operands in
      let parts = operands[0].matrices.map { a in
        let n = a.count
        var u = (0..<n).map { i in (0..<n).map { j in j < i ? a[i][j] : a[j][i] } }
        for k in 0..<n {
          for i in 0..<n where i > k {
            let factor = u[i][k] / u[k][k]
            for j in k..<n { u[i][j] -= factor * u[k][j] }
          }
        }
        return (0..<n).map { i in
          (0..<n).map { j in j > i ? 0 : u[j][i] / u[j][j].squareRoot() }
        }
      }
      return [Numbers(operands[0].type, matrices: parts)]
    }
  }
}

extension Tensor {
  /// The lower triangle `l` with `l lᵀ = self`, of symmetric positive definite matrices in the last
  /// two axes; only their lower triangle is read.
  public func cholesky() -> Tensor { builder.apply(Cholesky(), self) }
}
