import GraphIR
import LoopIR
import TensorLibrary

extension GradientCase {
  /// Factorizations, equations, and what is made of them.
  static let linearAlgebra: [GradientCase] = triangles + factorizations + vectors + composed

  // A symmetric positive definite matrix that depends on all elements of `x`.
  private static func definite(_ x: Tensor) -> Tensor {
    x.matmul(x.transposed()) + x.identityMatrix() * 2
  }

  // A symmetric matrix whose eigenvalues are far apart.
  private static func symmetric(_ x: Tensor) -> Tensor {
    let n = x.shape[-1]
    let steps = (0..<n).map { Double(3 * $0) }
    let row = x.builder.apply(
      Constant(steps.map { Literal($0, .f64) }, TensorType(.f64, [n])))
    return x + x.transposed() + row.diagonalEmbedded()
  }

  // A matrix far from singular, whose pivots are not on the diagonal.
  private static func regular(_ x: Tensor) -> Tensor {
    x + x.identityMatrix().reversed(axes: [0]) * 3
  }

  private static let triangles: [GradientCase] =
    [true, false].flatMap { upper in
      [(true, false), (true, true), (false, false), (false, true)].flatMap { left, transposed in
        [true, false].map { unit in
          let words = [
            upper ? "upper" : "lower", left ? "left" : "right",
            transposed ? "transposed" : "plain", unit ? "unit" : "any",
          ]
          return GradientCase(
            "triangular solve, \(words.joined(separator: ", "))", order: 2,
            [[3, 3], left ? [3, 2] : [2, 3]]
          ) {
            ($0[0] + $0[0].identityMatrix() * 2).triangularSolve(
              $0[1], upper: upper, left: left, transposed: transposed, unitDiagonal: unit)
          }
        }
      }
    } + [
      GradientCase("triangular solve of many", order: 2, [[2, 1, 2, 2], [3, 2, 1]]) {
        ($0[0] + $0[0].identityMatrix() * 2).triangularSolve($0[1], upper: false)
      },
      GradientCase("triangles", order: 1, [[2, 3, 4]]) {
        $0[0].upperTriangle() * 2 + $0[0].upperTriangle(offset: 1) - $0[0].lowerTriangle(offset: -1)
          * 3
      },
      GradientCase("diagonals", order: 2, [[2, 3, 4], [4, 3]]) {
        let both = $0[0].diagonal() * $0[1].diagonal()
        return (both * both).diagonalEmbedded()
      },
    ]

  private static let factorizations: [GradientCase] = [
    GradientCase("cholesky", order: 2, [[3, 3]]) { definite($0[0]).cholesky() },
    GradientCase("cholesky of many", order: 2, [[2, 2, 2]]) { definite($0[0]).cholesky() },
    GradientCase("cholesky of a number", order: 2, [[1, 1]]) { definite($0[0]).cholesky() },
    GradientCase("lu", order: 2, [[2, 3, 3]]) {
      let (p, l, u) = regular($0[0]).lu()
      return l * 2 + u + p
    },
    GradientCase("qr of a square", order: 2, [[3, 3]]) {
      let (q, r) = regular($0[0]).qr()
      return q * 2 + r
    },
    GradientCase("qr of a tall matrix", order: 2, [[2, 4, 2]]) {
      let (q, r) = $0[0].qr()
      return q.matmul(r * r)
    },
    GradientCase("qr of a wide matrix", order: 2, [[2, 4]], in: 0.5...1.5) {
      let (q, r) = ($0[0] * $0[0] + $0[0].identityMatrix()).qr()
      return q.matmul(r * r)
    },
    GradientCase("eigenvalues", order: 2, [[3, 3]]) { symmetric($0[0]).symmetricEigen().values },
    GradientCase("eigenvectors", order: 2, [[2, 3, 3]]) {
      let (values, vectors) = symmetric($0[0]).symmetricEigen()
      return vectors * values.expanded(at: -2)
    },
    GradientCase("singular values", order: 2, [[3, 3]]) {
      ($0[0] + symmetric($0[0].stopGradient() * 0)).svd().values
    },
    GradientCase("svd of a tall matrix", order: 2, [[4, 2]]) {
      let (u, s, v) = ($0[0] + $0[0].identityMatrix() * 2).svd()
      return u.matmul(s.expanded(at: -1) * exp(v))
    },
    GradientCase("svd of a wide matrix", order: 2, [[2, 3]]) {
      let (u, s, v) = ($0[0] + $0[0].identityMatrix() * 2).svd()
      return exp(u).matmul(s.expanded(at: -1) * v)
    },
  ]

  private static let composed: [GradientCase] = [
    GradientCase("solve", order: 2, [[3, 3], [3, 2]]) { regular($0[0]).solve($0[1]) },
    GradientCase("solve for many", order: 2, [[2, 2], [3, 2, 1]]) {
      regular($0[0]).solve($0[1])
    },
    GradientCase("inverse", order: 2, [[2, 3, 3]]) { regular($0[0]).inverse() },
    GradientCase("determinant", order: 2, [[2, 3, 3]]) { regular($0[0]).determinant() },
    GradientCase("log determinant", order: 2, [[3, 3]]) {
      let (sign, logarithm) = regular($0[0]).logDeterminant()
      return sign * logarithm
    },
    GradientCase("pseudo-inverse of a tall matrix", order: 2, [[4, 2]]) {
      ($0[0] + $0[0].identityMatrix() * 2).pseudoInverse()
    },
    GradientCase("pseudo-inverse of a wide matrix", order: 2, [[2, 3]]) {
      ($0[0] + $0[0].identityMatrix() * 2).pseudoInverse()
    },
    GradientCase("matrix power", order: 2, [[3, 3]]) { $0[0].matrixPower(5) },
    GradientCase("matrix power below 0", order: 2, [[2, 2]]) { regular($0[0]).matrixPower(-3) },
    GradientCase("matrix exponential", order: 2, [[3, 3]]) { $0[0].matrixExponential() },
    GradientCase("trace", order: 2, [[2, 3, 3]]) { exp($0[0]).trace() },
  ]

  private static let vectors: [GradientCase] = [
    GradientCase("kron", order: 2, [[2, 3], [3, 2]]) { $0[0].kron($0[1]) },
    GradientCase("outer", order: 2, [[3], [2]]) { $0[0].outer($0[1]) },
    GradientCase("cross", order: 2, [[2, 3], [3]]) { $0[0].cross($0[1]) },
    GradientCase("cross along another axis", order: 2, [[3, 2], [3, 2]]) {
      $0[0].cross($0[1], axis: 0)
    },
  ]
}
