import GraphIR
import GraphKit
import LoopIR
import RandomModels

/// Optimizers: each case has a weight and a bias of its own in the one step of `optimizers`.
struct OptimizerCases: Sendable {
  let cases: [ReferenceCase]

  init() throws {
    cases = try ReferenceFile("optimizers").cases
  }

  /// Declares the model.
  func declare() {
    let tests = cases.map(LinearTest.init)
    let model = Model("optimizers", LinearTests(tests: tests))
    let optimizers = cases.map(optimizer)
    model.train(epochs: 1, steps: 20) {
      var losses: Outputs = ["loss": Tensor(0)]
      for (i, test) in tests.enumerated() {
        let x = tensor(cases[i].inputs["x"])
        let y = tensor(cases[i].inputs["y"])
        let loss = mse(x.matmul(test.weight.value.transposed()) + test.bias.value, y)
        let parameters = [test.weight, test.bias]
        let gradients = gradient(of: loss, by: parameters.map(\.value))
        for (target, value) in zip(test.gradients, gradients) { target.assign(value) }
        optimizers[i].minimize(loss, parameters)
        losses.append("loss_\(i)", loss)
      }
      return losses
    }
  }

  /// Returns what is wrong, case by case; only the first step of a case that is.
  func problems(in model: LoadedModel) throws -> [String] {
    var problems: [Int: String] = [:]
    func check(_ i: Int, _ step: Int, _ name: String, _ found: [Double], _ expected: [Double]) {
      guard problems[i] == nil else { return }
      if let problem = difference(found, expected, relative: 1e-9) {
        problems[i] = "'\(cases[i].name)': \(name) of step \(step): \(problem)"
      }
    }
    _ = try model.call("init", [[1]])
    for (i, test) in cases.enumerated() {
      for name in ["weight", "bias"] {
        try model.set("tests.\(i).\(name)", to: test.parameters[name]?.values ?? [])
      }
    }
    for step in 0..<20 {
      let metrics = try model.call("train_step")
      for (i, test) in cases.enumerated() {
        let loss = test.outputs["loss"].map { $0.part(step) } ?? []
        check(i, step, "loss", metrics["loss_\(i)"] ?? [], loss)
        for (k, name) in ["weight", "bias"].enumerated() {
          let expected = test.outputs[name].map { $0.part(step) } ?? []
          check(i, step, name, try model["tests.\(i).\(name)"], expected)
          guard step == 0 else { continue }
          let gradient = test.gradients[name]?.values ?? []
          check(i, step, "gradient", try model["tests.\(i).gradients.\(k)"], gradient)
        }
      }
    }
    return problems.sorted { $0.key < $1.key }.map(\.value)
  }
}

private struct LinearTests: Module {
  let tests: [LinearTest]
}

private struct LinearTest: Module {
  let weight: Parameter
  let bias: Parameter
  /// By the weight and by the bias, before the step.
  let gradients: [Parameter]

  init(_ test: ReferenceCase) {
    weight = Parameter(shape(of: test.parameters["weight"]))
    bias = Parameter(shape(of: test.parameters["bias"]))
    gradients = [.statistic(weight.shape), .statistic(bias.shape)]
  }
}

private func tensor(_ numbers: ReferenceNumbers?) -> Tensor {
  Tensor(values: numbers?.values ?? [], shape: shape(of: numbers))
}

private func optimizer(_ test: ReferenceCase) -> any Optimizer {
  let (rate, decay) = (test.number("lr"), test.number("weight_decay"))
  let (momentum, epsilon) = (test.number("momentum"), test.number("eps"))
  let betas = test.list("betas")
  let clip: Clip? =
    test.number("clip_norm") > 0
    ? .norm(test.number("clip_norm"))
    : test.number("clip_value") > 0 ? .value(test.number("clip_value")) : nil
  switch test.text("optimizer") {
  case "sgd":
    return SGD(
      rate: rate, momentum: momentum, nesterov: test.flag("nesterov"), weightDecay: decay,
      dampening: test.number("dampening"), clip: clip)
  case "rmsprop":
    return RMSProp(
      rate: rate, alpha: test.number("alpha"), epsilon: epsilon, weightDecay: decay,
      momentum: momentum, centered: test.flag("centered"), clip: clip)
  case "adagrad":
    return Adagrad(
      rate: rate, rateDecay: test.number("lr_decay"), weightDecay: decay,
      initialAccumulator: test.number("initial_accumulator_value"), epsilon: epsilon, clip: clip)
  case "adam":
    return Adam(
      rate: rate, beta1: betas[0], beta2: betas[1], epsilon: epsilon, weightDecay: decay,
      amsgrad: test.flag("amsgrad"), clip: clip)
  case "adamw":
    return AdamW(
      rate: rate, beta1: betas[0], beta2: betas[1], epsilon: epsilon, weightDecay: decay,
      amsgrad: test.flag("amsgrad"), clip: clip)
  case "lion":
    return Lion(rate: rate, beta1: betas[0], beta2: betas[1], weightDecay: decay, clip: clip)
  default: return SGD(rate: 0)
  }
}
