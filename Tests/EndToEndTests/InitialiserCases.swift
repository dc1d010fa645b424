import GraphIR
import GraphKit
import LoopIR
import RandomModels

/// Initialisers: each case is a state of the program `initialisers`, whose `init` runs once.
struct InitialiserCases: Sendable {
  let cases: [ReferenceCase]

  init() throws {
    cases = try ReferenceFile("initialisers").cases
  }

  /// Declares the model.
  func declare() {
    let model = Model("initialisers", Samples(samples: cases.map(sample)))
    model.infer { ["nothing": Tensor(0)] }
  }

  /// Returns what is wrong, case by case.
  func problems(in model: LoadedModel) throws -> [String] {
    _ = try model.call("init", [[7]])
    return try cases.enumerated().compactMap { i, test in
      let numbers = try model["samples.\(i)"]
      let problem =
        test.outputs["product"].map { productProblem(test, numbers, $0) }
        ?? momentProblem(test, numbers)
      return problem.map { "'\(test.name)': \($0)" }
    }
  }
}

private struct Samples: Module {
  let samples: [Parameter]
}

// Range, mean and deviation; the latter two within five of their own deviations.
private func momentProblem(_ test: ReferenceCase, _ numbers: [Double]) -> String? {
  let expected = test.outputs.compactMapValues(\.values.first)
  let (count, deviation) = (Double(numbers.count), expected["std"] ?? 0)
  let mean = numbers.reduce(0, +) / count
  let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
  if abs(mean - (expected["mean"] ?? 0)) > 5 * deviation / count.squareRoot() {
    return "the mean is \(mean)"
  }
  if abs(variance.squareRoot() - deviation) > 5 * deviation / (2 * count).squareRoot() {
    return "the deviation is \(variance.squareRoot()) instead of \(deviation)"
  }
  let largest = numbers.map(abs).max() ?? 0
  if let bound = expected["bound"], !(largest <= bound) { return "\(largest) is above \(bound)" }
  // ReferenceNumbers repeat only if the random bits do.
  return Set(numbers).count * 100 < numbers.count * 99 ? "numbers are repeated" : nil
}

// The product of a matrix of orthogonal rows, or columns, with itself.
private func productProblem(
  _ test: ReferenceCase, _ numbers: [Double], _ expected: ReferenceNumbers
) -> String? {
  let rows = test.counts("shape")[0]
  let columns = numbers.count / rows
  let wide = test.text("product") == "q qT"
  let (size, inner) = wide ? (rows, columns) : (columns, rows)
  var product: [Double] = []
  for i in 0..<size {
    for j in 0..<size {
      product.append(
        (0..<inner).reduce(0) { sum, k in
          wide
            ? sum + numbers[i * columns + k] * numbers[j * columns + k]
            : sum + numbers[k * columns + i] * numbers[k * columns + j]
        })
    }
  }
  return difference(product, expected.values, relative: 1e-9)
}

// The parameter whose first value a case is about.
private func sample(_ test: ReferenceCase) -> Parameter {
  let shape = test.counts("shape")
  func parameter(_ initialiser: Initialiser) -> Parameter {
    Parameter(Shape(shape), initialiser: initialiser)
  }
  let fan: Initialiser.Fan = test.text("mode") == "fan_out" ? .output : .input
  let gain = test.number("gain", 1)
  switch test.text("initialiser") {
  case "linear_weight": return Dense(shape[1], shape[0]).weight
  case "linear_bias": return Dense(test.count("fan_in"), shape[0]).bias ?? Parameter([])
  case "conv2d_weight": return Conv2D(shape[1], shape[0], kernel: Array(shape[2...])).weight
  case "conv2d_bias":
    return Conv2D(test.count("fan_in"), shape[0], kernel: 1).bias ?? Parameter([])
  case "embedding_weight": return Embedding(shape[0], shape[1]).weight
  case "xavier_uniform": return parameter(.xavierUniform(gain: gain))
  case "xavier_normal": return parameter(.xavierNormal(gain: gain))
  case "he_uniform": return parameter(.heUniform(fan: fan))
  case "he_normal": return parameter(.heNormal(fan: fan))
  case "truncated_normal":
    let deviation = test.number("scale")
    return parameter(
      .truncatedNormal(deviation: deviation, limit: test.number("cut") / deviation))
  case "orthogonal": return parameter(.orthogonal(gain: gain))
  default: return parameter(.zeros)
  }
}
