public import TensorLibrary

/// Steps against the gradient, divided by the root of the sum of all its squares so far.
public final class Adagrad: Optimizer {
  /// Rate, clipping, accumulation.
  public let options: OptimizerOptions
  private let rateDecay: Double
  private let weightDecay: Double
  private let initial: Double
  private let epsilon: Double

  /// PyTorch's Adagrad; the sums begin with `initialAccumulator`.
  public init(
    rate: some LearningRate = 1e-2, rateDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulator: Double = 0, epsilon: Double = 1e-10, clip: Clip? = nil,
    accumulate: Int = 1
  ) {
    options = OptimizerOptions(rate: rate, clip: clip, accumulate: accumulate)
    self.rateDecay = Check.natural(rateDecay, "rateDecay", of: "Adagrad")
    self.weightDecay = weightDecay
    initial = Check.natural(initialAccumulator, "initialAccumulator", of: "Adagrad")
    self.epsilon = epsilon
  }

  /// Returns the new value of a parameter.
  public func updated(_ parameter: Tensor, gradient: Tensor, _ step: OptimizerStep) -> Tensor {
    let g = weightDecay == 0 ? gradient : gradient + parameter * weightDecay
    let rate = rateDecay == 0 ? step.rate : step.rate / (1 + (step.count - 1) * rateDecay)
    let sum = step.memory("sum", initial: initial) + g * g
    step.remember("sum", sum, initial: initial)
    return parameter - rate * g / (sqrt(sum) + epsilon)
  }
}
