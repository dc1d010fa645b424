public import TensorLibrary
internal import LoopIR

/// The learning rate of an optimizer: a number, a `Schedule`, a `Setting`, or a product of them.
public protocol LearningRate {
  /// Returns the rate of one step.
  func rate(at step: RateStep) -> Tensor
}

/// The values that a learning rate may depend on.
public struct RateStep {
  /// The number of updates that the optimizer has done, as `f32`.
  public let count: Tensor
  /// The optimizer that uses the rate.
  let optimizer: OptimizerState
  /// The steps of this part of the training that are done, and all of them, as `f32`; made only
  /// where a rate depends on them.
  let done: () -> Tensor
  let total: () -> Tensor

  /// The present step of a training, after so many updates.
  init(_ count: Tensor, of optimizer: OptimizerState) {
    let model = optimizer.model
    self.init(
      count: count, optimizer: optimizer, done: { model.doneSteps }, total: { model.phaseSteps })
  }

  private init(
    count: Tensor, optimizer: OptimizerState, done: @escaping () -> Tensor,
    total: @escaping () -> Tensor
  ) {
    self.count = count
    self.optimizer = optimizer
    self.done = done
    self.total = total
  }

  /// The share of this part of the training that is done, from 0 to 1.
  var share: Tensor { minimum(done() / total(), 1) }

  /// The first step of all.
  var first: RateStep {
    RateStep(
      count: count.filled(0), optimizer: optimizer, done: { [count] in count.filled(0) },
      total: total)
  }

  /// The same without what happens before: so many updates, and so many steps of the training.
  func after(updates: Double, steps: @escaping (_ total: Tensor) -> Tensor) -> RateStep {
    let (done, total) = (done, total)
    return RateStep(
      count: updates == 0 ? count : maximum(count - updates, 0), optimizer: optimizer,
      done: {
        let total = total()
        return maximum(done() - steps(total), 0)
      },
      total: {
        let total = total()
        return maximum(total - steps(total), 1)
      })
  }
}

extension Double: LearningRate {
  /// The number itself, at each step.
  public func rate(at step: RateStep) -> Tensor { step.count.filled(self) }
}

extension Int: LearningRate {
  /// The number itself, at each step.
  public func rate(at step: RateStep) -> Tensor { step.count.filled(Double(self)) }
}

extension Setting: LearningRate {
  /// The number that the user has set.
  public func rate(at step: RateStep) -> Tensor { value }
}

extension LearningRate {
  /// False for a rate that stays the same throughout a run.
  var changes: Bool { !(self is Double || self is Int || self is Setting) }
}

/// A product of rates, as in `Schedule.cosine(from: 1, steps: 1000) * setting`.
public struct RateProduct: LearningRate {
  let factors: (any LearningRate, any LearningRate)

  /// The product at a step.
  public func rate(at step: RateStep) -> Tensor {
    factors.0.rate(at: step) * factors.1.rate(at: step)
  }
}

extension LearningRate {
  /// The product of two rates.
  public static func * (a: Self, b: some LearningRate) -> RateProduct {
    RateProduct(factors: (a, b))
  }
}

// The rates that a training shows.
extension Trace {
  /// Keeps the rate of an update, so that it can be shown.
  func keep(_ rate: Tensor, of optimizer: OptimizerState) {
    let outer = builder.name
    builder.name = nil
    defer { builder.name = outer }
    optimizer.lastRate.store(rate.cast(to: .f32))
    if !rates.contains(where: { $0 === optimizer }) { rates.append(optimizer) }
  }
}

extension Model {
  /// Traces the function that tells the rates of the last step of a phase, `learning_rate`,
  /// `learning_rate2` and so on, unless a metric has that name.
  func traceRates(_ phase: Phase, of optimizers: [OptimizerState], at site: SiteID?) {
    let named = optimizers.enumerated().map { i, optimizer in
      (name: "learning_rate" + (i == 0 ? "" : "\(i + 1)"), rate: optimizer.lastRate)
    }
    let shown = named.filter { !metrics.contains($0.name) }
    if shown.isEmpty { return }
    trace(.rates, of: phase.name, inputs: [], at: site) { _, _ in
      var outputs: Outputs = [:]
      for (name, rate) in shown { outputs.append(name, rate.value) }
      return outputs
    }
  }
}
