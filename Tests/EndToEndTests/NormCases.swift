import GraphIR
import GraphKit
import LoopIR
import RandomModels

/// Batch norm in training: all cases are part of the one training step of the program `norms`.
///
/// Inputs and results are states, as a step returns nothing but metrics.
struct NormCases: Sendable {
  /// The cases that are about training.
  let cases: [ReferenceCase]

  init() throws {
    cases = try ReferenceFile("layers").cases.filter { $0.text("mode") == "train" }
  }

  /// Declares the model.
  func declare() {
    let tests = cases.map(NormTest.init)
    let model = Model("norms", NormTests(tests: tests))
    model.train(epochs: 1, steps: 2) {
      for test in tests {
        let x = test.x.value
        let y = test.norm(x)
        let parameters = test.norm.parameters
        let gradients = gradient(
          of: (y * test.seed.value).sum(), by: [x] + parameters.map(\.value))
        test.y.assign(y)
        for (target, value) in zip(test.gradients, gradients) { target.assign(value) }
      }
      return ["loss": Tensor(0)]
    }
  }

  /// Returns what is wrong, case by case.
  func problems(in model: LoadedModel) throws -> [String] {
    var problems: [String] = []
    func check(_ i: Int, _ state: String, _ expected: ReferenceNumbers?) throws {
      let found = try model["tests.\(i).\(state)"]
      if let problem = difference(found, expected?.values ?? [], relative: 1e-9) {
        problems.append("'\(cases[i].name)': \(state): \(problem)")
      }
    }
    func run(_ suffix: String) throws {
      for (i, test) in cases.enumerated() {
        try model.set("tests.\(i).x", to: test.inputs["x" + suffix]?.values ?? [])
      }
      _ = try model.call("train_step")
      for (i, test) in cases.enumerated() {
        try check(i, "y", test.outputs["y" + suffix])
        try check(i, "norm.running_mean", test.outputs["running_mean" + suffix])
        try check(i, "norm.running_var", test.outputs["running_var" + suffix])
      }
    }
    _ = try model.call("init", [[1]])
    for (i, test) in cases.enumerated() {
      try model.set("tests.\(i).seed", to: test.seed["y"]?.values ?? [])
      for (name, value) in test.parameters {
        try model.set("tests.\(i).norm.\(name)", to: value.values)
      }
    }
    try run("")
    for (i, test) in cases.enumerated() {
      for (k, name) in ["x", "weight", "bias"].enumerated() where test.gradients[name] != nil {
        try check(i, "gradients.\(k)", test.gradients[name])
      }
    }
    try run("2")
    return problems
  }
}

private struct NormTests: Module {
  let tests: [NormTest]
}

private struct NormTest: Module {
  let norm: BatchNorm
  let x: Parameter
  let seed: Parameter
  let y: Parameter
  /// By the input, then by the parameters.
  let gradients: [Parameter]

  init(_ test: ReferenceCase) {
    let image = shape(of: test.inputs["x"])
    norm = batchNorm(test)
    x = .statistic(image)
    seed = .statistic(image)
    y = .statistic(image)
    gradients = [.statistic(image)] + norm.parameters.map { .statistic($0.shape) }
  }
}
