import GraphIR
import GraphKit
import LoopIR
import RandomModels

/// Schedules: each case sets a number of its own to the rate of the step, in `schedules`.
struct ScheduleCases: Sendable {
  let cases: [ReferenceCase]

  init() throws {
    cases = try ReferenceFile("schedules").cases
  }

  /// Declares the model.
  func declare() {
    let rates = cases.map { _ in Parameter([], initialiser: .ones) }
    let model = Model("schedules", Rates(rates: rates))
    let optimizers = cases.enumerated().map { i, test in
      RateWriter(test, metric: "metric_\(i)")
    }
    let watched = cases.indices.filter { cases[$0].text("schedule") == "plateau" }
    let data = DataSet("none", fields: ["x": .f32])
    model.train(on: data, batch: 2, epochs: 1, validation: 0.5) { batch in
      for (optimizer, rate) in zip(optimizers, rates) {
        optimizer.minimize(rate.value * rate.value, [rate])
      }
      var metrics: Outputs = ["loss": batch.x.sum()]
      for i in watched { metrics.append("metric_\(i)", Tensor(0)) }
      return metrics
    }
  }

  /// Returns what is wrong, case by case.
  func problems(in model: LoadedModel) throws -> [String] {
    var found = cases.map { _ in [Double]() }
    let watched = cases.compactMap { $0.inputs["metric"]?.values }
    _ = try model.call("init", [[1]])
    try model.set("total_steps", to: [30])
    for step in 0..<30 {
      _ = try model.call("train_step", [[0, 0]])
      for i in cases.indices { found[i] += try model["rates.\(i)"] }
      _ = try model.call("evaluated", watched.map { [$0[step]] })
    }
    return zip(cases, found).compactMap { test, rates in
      let expected = test.outputs["rate"]?.values ?? []
      guard rates.count == expected.count else { return "'\(test.name)' has other steps" }
      let bad = rates.indices.first {
        !(abs(rates[$0] - expected[$0]) <= 1e-12 * abs(expected[$0]))
      }
      // A cosine reaches 0 only up to rounding, and so does PyTorch's.
      guard let bad, abs(rates[bad] - expected[bad]) > 1e-15 else { return nil }
      return "'\(test.name)': the rate of step \(bad) is \(rates[bad]), not \(expected[bad])"
    }
  }
}

private struct Rates: Module {
  let rates: [Parameter]
}

/// An optimizer that sets its parameter to the rate.
private final class RateWriter: Optimizer {
  let options: OptimizerOptions

  init(_ test: ReferenceCase, metric: String) {
    options =
      test.text("schedule") == "plateau"
      ? OptimizerOptions(rate: plateau(test, metric)) : OptimizerOptions(rate: schedule(test))
  }

  func updated(_ parameter: Tensor, gradient: Tensor, _ step: OptimizerStep) -> Tensor {
    step.rate
  }
}

private func plateau(_ test: ReferenceCase, _ metric: String) -> ReduceOnPlateau {
  let threshold = test.number("threshold")
  return .reduceOnPlateau(
    from: test.number("lr"), metric: metric, goal: test.text("mode") == "min" ? .min : .max,
    factor: test.number("factor"), patience: test.count("patience"),
    threshold: test.text("threshold_mode") == "rel" ? .relative(threshold) : .absolute(threshold),
    cooldown: test.count("cooldown"), least: test.number("least"))
}

private func schedule(_ test: ReferenceCase) -> Schedule {
  let (rate, gamma) = (test.number("lr"), test.number("gamma"))
  let start = test.number("start_factor")
  switch test.text("schedule") {
  case "constant": return .constant(rate)
  case "step": return .step(from: rate, every: test.count("step_size"), factor: gamma)
  case "multi_step":
    return .piecewise(from: rate, at: test.counts("milestones"), factor: gamma)
  case "exponential": return .exponential(from: rate, factor: gamma)
  case "polynomial":
    return .polynomial(from: rate, steps: test.count("total"), power: test.number("power"))
  case "cosine":
    return .cosine(from: rate, to: test.number("least"), steps: test.count("period"))
  case "linear": return .constant(rate).warmUp(test.count("total"), from: start)
  case "warm_up_cosine":
    return .cosine(from: rate, to: test.number("least"), steps: test.count("period"))
      .warmUp(test.count("warm_up"), from: start)
  default: return overTraining(test)
  }
}

private func overTraining(_ test: ReferenceCase) -> Schedule {
  let rate = test.number("lr")
  switch test.text("schedule") {
  case "cosine_over_all": return .cosine(from: rate, to: test.number("least"))
  case "linear_over_all": return .linear(from: rate, to: test.number("least"))
  case "polynomial_over_all": return .polynomial(from: rate, power: test.number("power"))
  case "cosine_after_a_rise": return .cosine(from: rate, warmUp: test.number("share"))
  case "one_cycle":
    return .oneCycle(
      peak: test.number("peak"), warmUp: test.number("part"), divisor: test.number("divisor"))
  default: return .constant(-1)
  }
}
