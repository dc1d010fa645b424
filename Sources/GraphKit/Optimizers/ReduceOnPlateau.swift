public import TensorLibrary
internal import LoopIR

/// A learning rate that falls when a metric of the held-out examples stops improving.
///
/// Its memory is state of the model, which the function `evaluated` changes; the train program
/// calls that after each evaluation.
public final class ReduceOnPlateau: LearningRate {
  /// Which values of the metric are better.
  public enum Goal: Sendable {
    case min, max
  }

  /// How the least improvement is measured.
  public enum Threshold: Sendable {
    /// As a share of the best value.
    case relative(Double)
    /// As a difference from it.
    case absolute(Double)
  }

  let first: Double
  let metric: String?
  let goal: Goal
  let factor: Double
  let patience: Int
  let threshold: Threshold
  let cooldown: Int
  let least: Double
  let site: SiteID?

  init(
    _ first: Double, _ metric: String?, _ goal: Goal, _ factor: Double, _ patience: Int,
    _ threshold: Threshold, _ cooldown: Int, _ least: Double
  ) {
    let owner = "reduceOnPlateau"
    self.first = Check.natural(first, "rate", of: owner)
    self.metric = metric
    self.goal = goal
    self.factor = Check.inside(factor, 0...1, "factor", of: owner)
    self.patience = Check.natural(patience, "patience", of: owner)
    self.threshold = threshold
    self.cooldown = Check.natural(cooldown, "cooldown", of: owner)
    self.least = least
    site = Session.current.here()
  }

  /// The rate now.
  public func rate(at step: RateStep) -> Tensor { step.optimizer.plateau(of: self).rate.value }
}

extension LearningRate where Self == ReduceOnPlateau {
  /// Multiplied by `factor` when a metric, by default the loss, has not improved by `threshold` for
  /// more than `patience` evaluations; the next `cooldown` evaluations do not count.
  public static func reduceOnPlateau(
    from rate: Double, metric: String? = nil, goal: ReduceOnPlateau.Goal = .min,
    factor: Double = 0.1, patience: Int = 10,
    threshold: ReduceOnPlateau.Threshold = .relative(1e-4), cooldown: Int = 0, least: Double = 0
  ) -> ReduceOnPlateau {
    ReduceOnPlateau(rate, metric, goal, factor, patience, threshold, cooldown, least)
  }
}

/// The states of a plateau.
struct PlateauState {
  let plateau: ReduceOnPlateau
  let rate: Parameter
  private let best: Parameter
  private let bad: Parameter
  private let rest: Parameter

  init(_ plateau: ReduceOnPlateau, in model: Model, prefix: String) {
    self.plateau = plateau
    func make(_ name: String, _ element: ElementType, _ value: Double) -> Parameter {
      model.makeState(
        "\(prefix).\(name)", TensorType(element, []), .optimizer, .constant(value))
    }
    rate = make("rate", .f32, plateau.first)
    best = make("best", .f32, plateau.goal == .min ? .infinity : -.infinity)
    bad = make("bad", .i32, 0)
    rest = make("cooldown", .i32, 0)
  }

  /// Updates the states after an evaluation, in PyTorch's order.
  func update(_ metric: Tensor) {
    let old = best.value
    let better: Tensor =
      switch (plateau.goal, plateau.threshold) {
      case (.min, .relative(let part)): metric .< old * (1 - part)
      case (.min, .absolute(let difference)): metric .< old - difference
      case (.max, .relative(let part)): metric .> old * (1 + part)
      case (.max, .absolute(let difference)): metric .> old + difference
      }
    best.assign(select(better, metric, old))
    let zero = bad.value.filled(0)
    let cooling = rest.value .> 0
    let counted = select(better .|| cooling, zero, bad.value + 1)
    let left = select(cooling, rest.value - 1, rest.value)
    let falls = counted .> plateau.patience
    bad.assign(select(falls, zero, counted))
    rest.assign(select(falls, zero + plateau.cooldown, left))
    let lower = maximum(rate.value * plateau.factor, plateau.least)
    // A change that is too small to matter is skipped.
    rate.assign(select(falls .&& ((rate.value - lower) .> 1e-8), lower, rate.value))
  }
}

extension OptimizerState {
  /// The states of `plateau` for this optimizer.
  func plateau(of plateau: ReduceOnPlateau) -> PlateauState {
    let state = model.plateaus.of(plateau) { _ in
      PlateauState(plateau, in: model, prefix: name)
    }
    let phase = Trace.current?.phase ?? ""
    if !(model.watched[phase]?.contains { $0.plateau === state.plateau } ?? false) {
      model.watched[phase, default: []].append(state)
    }
    return state
  }
}

extension Model {
  /// Traces what takes the watched metrics after an evaluation of a phase, which has those.
  func traceEvaluated(_ phase: Phase, _ metrics: [String]) {
    let plateaus = watched[phase.name] ?? []
    guard let first = plateaus.first else { return }
    if metrics.isEmpty {
      return session.report(.noEvaluation("reduceOnPlateau"), at: first.plateau.site)
    }
    let watched = plateaus.map { $0.plateau.metric ?? metrics.first ?? "loss" }
    for (name, plateau) in zip(watched, plateaus) where !metrics.contains(name) {
      return session.report(
        .unknownMetric("reduceOnPlateau", name, metrics: metrics), at: plateau.plateau.site)
    }
    let inputs = metrics.filter(watched.contains)
    trace(
      .evaluated, of: phase.name,
      inputs: inputs.map { Argument(name: $0, type: TensorType(.f32, [])) },
      at: first.plateau.site
    ) { _, values in
      for (name, plateau) in zip(watched, plateaus) {
        guard let i = inputs.firstIndex(of: name) else { continue }
        plateau.update(values[i])
      }
      return [:]
    }
  }
}
