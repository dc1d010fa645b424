public import TensorLibrary

/// Steps against the gradient, divided by the root of a running mean of its square.
public final class RMSProp: Optimizer {
  /// Rate, clipping, accumulation.
  public let options: OptimizerOptions
  private let alpha: Double
  private let epsilon: Double
  private let weightDecay: Double
  private let momentum: Double
  private let centered: Bool

  /// PyTorch's RMSprop; with `centered` the variance of the gradient is used.
  public init(
    rate: some LearningRate = 1e-2, alpha: Double = 0.99, epsilon: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, clip: Clip? = nil,
    accumulate: Int = 1
  ) {
    options = OptimizerOptions(rate: rate, clip: clip, accumulate: accumulate)
    self.alpha = Check.inside(alpha, 0...1, "alpha", of: "RMSProp")
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.momentum = Check.natural(momentum, "momentum", of: "RMSProp")
    self.centered = centered
  }

  /// Returns the new value of a parameter.
  public func updated(_ parameter: Tensor, gradient: Tensor, _ step: OptimizerStep) -> Tensor {
    let g = weightDecay == 0 ? gradient : gradient + parameter * weightDecay
    let square = step.memory("square") * alpha + g * g * (1 - alpha)
    step.remember("square", square)
    var variance = square
    if centered {
      let mean = step.memory("mean") * alpha + g * (1 - alpha)
      step.remember("mean", mean)
      variance = square - mean * mean
    }
    let scaled = g / (sqrt(variance) + epsilon)
    guard momentum > 0 else { return parameter - step.rate * scaled }
    let velocity = step.memory("momentum") * momentum + scaled
    step.remember("momentum", velocity)
    return parameter - step.rate * velocity
  }
}
