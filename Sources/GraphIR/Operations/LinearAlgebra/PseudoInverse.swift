internal import LoopIR
package import Support

/// Moore and Penrose's inverse of matrices that have at least as many rows as columns, by their
/// singular values; those up to `tolerance` times the largest count as 0. The usual tolerance is
/// the number of rows times the precision of the type.
///
/// The other three results are workspace: those of `SVD`.
///
///     %2 = pseudoInverse %0 {1e-15} : f32[3, 5], f32[5, 3], f32[3], f32[3, 3]
package struct PseudoInverse: Operation {
  /// nil: the usual one.
  package let tolerance: Double?

  package init(tolerance: Double?) { self.tolerance = tolerance }

  package static let word = "pseudoInverse"
  package var attributes: String { tolerance.map { Literal($0, .f64).description } ?? "usual" }

  package init(from text: inout OperationText) throws(ParseError) {
    if text.attributes.accept(word: "usual") {
      tolerance = nil
      return
    }
    let share = try text.attributes.literal(.f64).double
    guard share >= 0 else { throw text.attributes.error("a tolerance is at least 0") }
    tolerance = share
  }

  private func tolerance(_ type: TensorType) -> Double {
    let precision = type.element == .f64 ? 0x1p-52 : 0x1p-23
    return tolerance ?? Double(type.dims[type.rank - 2]) * precision
  }

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .opaque }
  package var resultWords: [String] { ["inverse", "u", "s", "v"] }

  /// Matrices `[m, n]` of `f32` or `f64` with `m` at least `n`; the results are `[n, m]` and those
  /// of `svd`.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let type = try MatrixType(mnemonic, operands[0])
    let factors = try SVD().resultTypes(operands)
    return [type.with(type.columns, type.rows)] + factors
  }

  /// The rule for matrices of one rank, which needs no gaps between singular values: from
  /// `dp = -p da p + p pᵀ daᵀ (1 - a p) + (1 - p a) daᵀ pᵀ p`.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return [nil] }
    let (a, p) = (context.operands[0], context.results[0])
    let (pT, seedT) = (p.transposed(), seed.transposed())
    let direct = -pT.matmul(seed).matmul(pT)
    let left = seedT - a.matmul(p.matmul(seedT))
    let right = seedT - seedT.matmul(p).matmul(a)
    return [direct + left.matmul(p).matmul(pT) + pT.matmul(p).matmul(right)]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    let (rows, columns) = (operands[0].dims[operands[0].rank - 2], operands[0].dims.last ?? 1)
    return .loops { context in
      context.forEachMatrix(Array(operands[0].dims.dropLast(2))) { batch in
        let views = context.results.map { MatrixView($0, batch) }
        let (p, u, s, v) = (views[0], views[1], views[2], views[3])
        let factors = SVDLoops(
          context: context, u: u, s: s, v: v, rows: rows, columns: columns)
        let (limit, nameLimit) = context.named(
          "limit", s[Index(0)] * s.number(tolerance(operands[0])))
        let join = context.loop("i", columns) { i in
          [
            context.loop("j", rows) { j in
              let (sum, local, start) = context.scalar("sum", p.number(0))
              let add = context.loop("k", columns) { k in
                [
                  // NaN counts as large, so that the result is NaN, too.
                  .when(
                    .apply(.not, [.apply(.lessEqual, [s[k], limit])]),
                    then: [.assign(local, sum + v[i, k] / s[k] * u[j, k])], otherwise: [])
                ]
              }
              return [start, add, p.set(i, j, to: sum)]
            }
          ]
        }
        return factors.statements { context.operands(0, batch + [$0, $1]) } + [nameLimit, join]
      }
    }
  }
}

extension PseudoInverse {
  /// The results for given numbers.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let factors = SVD().evaluate(operands)
    let inverse = Numbers.withBounds(operands) { operands in
      let type = operands[0].type
      let dims = Array(type.dims.dropLast(2)) + type.dims.suffix(2).reversed()
      let limit = tolerance(type)
      let parts = operands[0].matrices.map { a in
        let (u, s, v) = SVD.factors(a)
        let inverse = s.map { $0 > limit * (s.first ?? 0) ? 1 / $0 : 0 }
        return product(v.map { zip($0, inverse).map(*) }, GraphIR.transposed(u))
      }
      return [Numbers(TensorType(type.element, dims), matrices: parts)]
    }
    return inverse + factors
  }
}

extension Tensor {
  /// Moore and Penrose's inverse of the matrices in the last two axes.
  ///
  /// Singular values up to `tolerance` times the largest count as 0; if it is not given, it is the
  /// larger extent times the precision of the element type, as in PyTorch.
  public func pseudoInverse(tolerance: Double? = nil) -> Tensor {
    guard value != nil else { return self }
    let op = PseudoInverse(tolerance: tolerance)
    let isWide = rank >= 2 && shape[-2] < shape[-1]
    let p = builder.apply(op, [isWide ? transposed() : self], results: 4)[0]
    return isWide && p.value != nil ? p.transposed() : p
  }
}
