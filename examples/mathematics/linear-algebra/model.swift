// Linear algebra of a first unit: systems, inverses, transposes, rank, norms, determinant, trace,
// eigenvalues, singular values and principal components, each on a matrix that can be checked by
// hand.

import GraphKit

let model = Model("algebra")

// 2x + y - z = 8, -3x - y + 2z = -11, -2x + y + 2z = -3, by elimination.
let a = [[2.0, 1, -1], [-3, -1, 2], [-2, 1, 2]]

model.infer {
  let a = Tensor(a)
  let solution = a.solve(Tensor([[8], [-11], [-3]]))
  return [
    "solution": solution.squeezed(1), "determinant": a.determinant(), "trace": a.trace(),
    "inverse": a.inverse(),
  ]
}

// With more equations than unknowns the pseudo-inverse, (A^T A)^-1 A^T, solves them with the least
// squares: here also those of a line through (1, 1), (2, 2) and (3, 2).
model.function("pseudo") {
  let a = Tensor([[1, 2], [3, 4], [5, 6]])
  let points = Tensor([[1, 1], [1, 2], [1, 3]])
  let line = points.pseudoInverse().matmul(Tensor([[1], [2], [2]]))
  return ["inverse": a.pseudoInverse(), "line": line.squeezed(1)]
}

// A transpose exchanges axes: of a matrix the two, of a tensor any.
model.function("transpose") {
  let a = range(6, .f32).reshaped([2, 3])
  let tensor = range(24, .f32).reshaped([2, 3, 4])
  let b = tensor[0]
  let product = a.matmul(b).transposed() - b.transposed().matmul(a.transposed())
  return [
    "matrix": a.transposed(), "tensor": tensor.transposed([2, 0, 1]),
    "error": abs(product).max(),  // (AB)^T = B^T A^T
  ]
}

// The rank is the number of singular values above rounding.
model.function("rank") {
  let singular = Tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]]).svd().values
  return ["rank": (singular .> singular[0] * 1e-6).countNonZero()]
}

model.function("norms") {
  let x = Tensor([3, -4])
  let matrix = Tensor([[1, 2], [3, 4]])
  return [
    "one": x.norm(1), "two": x.norm(), "largest": abs(x).max(),
    "frobenius": matrix.norm(axes: [0, 1]), "spectral": matrix.svd().values[0],
  ]
}

model.function("singular") {
  let matrix = Tensor([[3, 0], [4, 5]])
  let (u, values, v) = matrix.svd()
  return ["values": values, "error": abs((u * values).matmul(v) - matrix).max()]
}

model.function("symmetric") {
  let (values, vectors) = Tensor([[2, 1], [1, 2]]).symmetricEigen()
  return ["values": values, "vectors": vectors]
}

// A matrix that is not symmetric may have complex eigenvalues: those of a turn by 90 degrees are i
// and -i, those of a cyclic exchange the roots of 1. The companion of a polynomial has its roots.
model.function("general") {
  let matrices = [
    "markov": [[0.7, 0.3], [0.4, 0.6]], "turn": [[0, -1], [1, 0]],
    "cycle": [[0, 0, 1], [1, 0, 0], [0, 1, 0]],
    "roots": [[10, -35, 50, -24], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]],
    "any": [
      [2, -1, 0, 3, 1], [4, 0, -2, 1, 5], [-3, 2, 1, 0, 2], [1, 1, -4, 2, 0], [0, 5, 1, -1, -2],
    ],
  ]
  var outputs: Outputs = [:]
  for name in ["markov", "turn", "cycle", "roots", "any"] {
    let (real, imaginary) = Tensor(matrices[name]!).eigenvalues()
    outputs.append(name, stack([real, abs(imaginary)], axis: 1))
  }
  return outputs
}

// Ten points and their principal components: the eigenvectors of their covariance.
model.function("components") {
  let x = Tensor([2.5, 0.5, 2.2, 1.9, 3.1, 2.3, 2, 1, 1.5, 1.1])
  let y = Tensor([2.4, 0.7, 2.9, 2.2, 3.0, 2.7, 1.6, 1.1, 1.6, 0.9])
  let points = stack([x - x.mean(), y - y.mean()])
  let (values, vectors) = (points.matmul(points.transposed()) / 9).symmetricEigen()
  return ["variances": values, "first": vectors[.all, 1]]
}
