import GraphIR
import GraphKit
import LoopIR
import RandomModels

/// Losses: one function of the program `losses` for each case.
struct LossCases: Sendable {
  let cases: [ReferenceCase]

  init() throws {
    cases = try ReferenceFile("losses").cases
  }

  /// Declares the model.
  func declare() {
    let model = Model("losses")
    for (i, test) in cases.enumerated() {
      let (input, target) = (shape(of: test.inputs["input"]), shape(of: test.inputs["target"]))
      let classes = ["cross_entropy", "nll", "multi_margin", "multi_label_margin"]
        .contains(test.text("loss"))
      model.function(
        "case_\(i)", Input("input", input), Input("target", target, classes ? .i32 : .f32),
        Input("seed", shape(of: test.seed["loss"]))
      ) { x, target, seed in
        let y = loss(test, x, target)
        return withGradients(["loss": y], of: (y * seed).sum(), by: x, named: "input", [])
      }
    }
  }

  /// Returns what is wrong with a case, or nil.
  func problem(_ i: Int, in model: LoadedModel) throws -> String? {
    let test = cases[i]
    let inputs = [test.inputs["input"], test.inputs["target"], test.seed["loss"]]
    let found = try model.call("case_\(i)", inputs.map { $0?.values ?? [] })
    for (name, value) in test.outputs.merging(test.gradientOutputs, uniquingKeysWith: { $1 }) {
      if let problem = difference(found[name] ?? [], value.values, relative: 1e-9) {
        return "'\(test.name)': \(name): \(problem)"
      }
    }
    return nil
  }
}

private func loss(_ test: ReferenceCase, _ x: Tensor, _ target: Tensor) -> Tensor {
  let reduction: Reduction =
    switch test.text("reduction") {
    case "none": .none
    case "mean": .mean
    default: .sum
    }
  let weights = test.parameters["weight"]?.values
  let isIgnoring = if case .number? = test.attributes["ignore_index"] { true } else { false }
  let ignored = isIgnoring ? test.count("ignore_index") : nil
  switch test.text("loss") {
  case "mse": return mse(x, target, reduction: reduction)
  case "l1": return mae(x, target, reduction: reduction)
  case "huber": return huber(x, target, delta: test.number("delta"), reduction: reduction)
  case "smooth_l1": return smoothL1(x, target, beta: test.number("beta"), reduction: reduction)
  case "cross_entropy", "cross_entropy_probabilities":
    return crossEntropy(
      x, target, labelSmoothing: test.number("label_smoothing"), classWeights: weights,
      ignoring: ignored, reduction: reduction)
  case "nll": return nll(x, target, classWeights: weights, reduction: reduction)
  case "binary_cross_entropy_with_logits":
    let positive = test.parameters["pos_weight"]?.values
    return binaryCrossEntropy(logits: x, target, positiveWeight: positive, reduction: reduction)
  case "binary_cross_entropy":
    return binaryCrossEntropy(probabilities: x, target, reduction: reduction)
  case "kl_div":
    let y = klDivergence(x, target, logTarget: test.flag("log_target"), reduction: reduction)
    return test.text("reduction") == "batchmean" ? y / Double(x.shape[0]) : y
  case "hinge": return hinge(x, target, margin: test.number("margin"), reduction: reduction)
  default: return moreLosses(test, x, target, reduction)
  }
}

private func moreLosses(
  _ test: ReferenceCase, _ x: Tensor, _ target: Tensor, _ reduction: Reduction
) -> Tensor {
  let margin = test.number("margin")
  func signs(_ x: Tensor) -> Tensor { select(x .> 0, x.filled(1), x.filled(-1)) }
  switch test.text("loss") {
  case "hinge_embedding": return hingeEmbedding(x, target, margin: margin, reduction: reduction)
  case "multi_margin":
    let power = test.count("power")
    return multiMargin(x, target, power: power, margin: margin, reduction: reduction)
  case "poisson_nll":
    return poissonNLL(
      x, target, logInput: test.flag("log_input"), full: test.flag("full"), reduction: reduction)
  case "gaussian_nll":
    return gaussianNLL(x, target, variance: target * target, full: true, reduction: reduction)
  case "soft_margin": return softMargin(x, target, reduction: reduction)
  case "multi_label_soft_margin": return multiLabelSoftMargin(x, target, reduction: reduction)
  case "multi_label_margin": return multiLabelMargin(x, target, reduction: reduction)
  case "margin_ranking":
    return marginRanking(x, target, signs(target), margin: margin, reduction: reduction)
  case "cosine_embedding":
    let sign = signs(target.element(0, of: 1))
    return cosineEmbedding(x, target, sign, margin: margin, reduction: reduction)
  case "triplet_margin":
    let swap = test.flag("swap")
    let negative = swap ? x * target : -target
    return tripletMargin(x, target, negative, margin: margin, swap: swap, reduction: reduction)
  // Its function has no gradient and so does not pass for the one that is missing.
  default: return x.stopGradient()
  }
}
