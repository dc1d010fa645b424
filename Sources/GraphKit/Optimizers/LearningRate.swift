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

  /// The same at another count.
  func at(_ count: Tensor) -> RateStep { RateStep(count: count, optimizer: optimizer) }
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
