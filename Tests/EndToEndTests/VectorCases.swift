import GraphIR
import GraphKit
import LoopIR
import RandomModels

/// Linear algebra and distributions: one function of a program for each case, whose results are one
/// vector.
struct VectorCases: Sendable {
  let group: String
  let cases: [ReferenceCase]
  /// Returns the results of a case for its inputs, in the order of their names.
  let compute: @Sendable (ReferenceCase, [Tensor]) -> [Tensor]

  init(
    _ group: String, _ compute: @escaping @Sendable (ReferenceCase, [Tensor]) -> [Tensor]
  ) throws {
    self.group = group
    self.compute = compute
    cases = try ReferenceFile(group).cases
  }

  /// Declares the model.
  func declare() {
    let model = Model(group)
    for (i, test) in cases.enumerated() {
      let names = test.inputs.keys.sorted()
      let inputs = names.map { Input($0, shape(of: test.inputs[$0])) }
      let seed = Input("seed", shape(of: test.seed["y"]))
      let name = "case_\(i)"
      func results(_ operands: [Tensor], _ seed: Tensor) -> Outputs {
        let y = concatenate(compute(test, operands).map { $0.reshaped([-1]) })
          .reshaped(shape(of: test.outputs["y"]))
        var outputs: Outputs = ["y": y]
        let byInputs = gradient(of: (y * seed).sum(), by: operands, unused: .zero)
        for (name, gradient) in zip(names, byInputs) {
          outputs.append("gradient_\(name)", gradient)
        }
        return outputs
      }
      switch inputs.count {
      case 1: model.function(name, inputs[0], seed) { results([$0], $1) }
      case 2: model.function(name, inputs[0], inputs[1], seed) { results([$0, $1], $2) }
      default:
        model.function(name, inputs[0], inputs[1], inputs[2], inputs[3], seed) {
          results([$0, $1, $2, $3], $4)
        }
      }
    }
  }

  /// Returns what is wrong, case by case.
  func problems(in model: LoadedModel) throws -> [String] {
    var found: [String] = []
    for (i, test) in cases.enumerated() {
      let inputs = test.inputs.keys.sorted().map { test.inputs[$0]?.values ?? [] }
      let results = try model.call("case_\(i)", inputs + [test.seed["y"]?.values ?? []])
      for (name, value) in test.outputs.merging(test.gradientOutputs, uniquingKeysWith: { $1 }) {
        if let problem = difference(results[name] ?? [], value.values, relative: 1e-9) {
          found.append("'\(test.name)': \(name): \(problem)")
        }
      }
    }
    return found
  }
}

/// Returns the results of a case of `linalg`.
@Sendable func matrixResults(_ test: ReferenceCase, _ x: [Tensor]) -> [Tensor] {
  let a = x[0]
  func identity() -> Tensor { ones([a.shape[-1]]).diagonalEmbedded() }
  switch test.text("kind") {
  case "cholesky": return [(a.matmul(a.transposed()) + identity()).cholesky()]
  case "lu":
    let (p, l, u) = a.lu()
    return [p, l, u]
  case "eigen":
    let (values, vectors) = (a + a.transposed()).symmetricEigen()
    return [values, vectors]
  case "determinant": return [a.determinant()]
  case "logdet":
    let (sign, logarithm) = a.logDeterminant()
    return [sign, logarithm]
  case "inverse": return [a.inverse()]
  case "exponential": return [a.matrixExponential()]
  case "large_exponential": return [(a * 8).matrixExponential()]
  case "power": return [a.matrixPower(3)]
  case "inverse_power": return [a.matrixPower(-2)]
  case "qr":
    let (q, r) = a.qr()
    return [q, r]
  case "svd":
    let (u, s, v) = a.svd()
    return [u, s, v]
  case "pinv": return [a.pseudoInverse()]
  case "triangle":
    return [
      (a + identity() * 2).triangularSolve(
        x[1], upper: test.flag("upper"), left: test.flag("left"), unitDiagonal: test.flag("unit"))
    ]
  case "solve": return [a.solve(x[1])]
  case "kron": return [a.kron(x[1])]
  case "outer": return [a.outer(x[1])]
  case "cross": return [a.cross(x[1])]
  case "trace": return [a.trace()]
  default: return [a]
  }
}

/// Returns the log-probability, the entropy and the divergence of a case of `distributions`.
@Sendable func distributionResults(_ test: ReferenceCase, _ inputs: [Tensor]) -> [Tensor] {
  let count = inputs.count / 2
  let (p, q) = (Array(inputs[..<count]), Array(inputs[count...]))
  let numbers = test.parameters["x"]
  let classes = test.text("kind") == "categorical"
  let x = Tensor(values: numbers?.values ?? [], shape: shape(of: numbers), classes ? .i32 : .f32)
  func all<Family: Distribution>(
    _ make: ([Tensor]) -> Family, _ divergence: (Family, Family) -> Tensor
  ) -> [Tensor] {
    let own = make(p)
    return [own.logProbability(x), own.entropy, divergence(own, make(q))]
  }
  switch test.text("kind") {
  case "normal":
    return all({ Normal(mean: $0[0], deviation: $0[1]) }, { $0.divergence(from: $1) })
  case "bernoulli": return all({ Bernoulli(logits: $0[0]) }, { $0.divergence(from: $1) })
  case "categorical": return all({ Categorical(logits: $0[0]) }, { $0.divergence(from: $1) })
  case "gamma": return all({ Gamma(shape: $0[0], rate: $0[1]) }, { $0.divergence(from: $1) })
  case "beta": return all({ Beta($0[0], $0[1]) }, { $0.divergence(from: $1) })
  case "dirichlet": return all({ Dirichlet($0[0]) }, { $0.divergence(from: $1) })
  case "multivariate_normal":
    return all(
      { MultivariateNormal(mean: $0[0], lowerTriangle: $0[1]) }, { $0.divergence(from: $1) })
  default: return [x]
  }
}
