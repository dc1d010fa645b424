public import TensorLibrary
internal import LoopIR

/// Steps of equal size against the sign of a running mean of the gradient.
///
/// As in "Symbolic discovery of optimization algorithms" (Chen et al., 2023), algorithm 2.
public final class Lion: Optimizer {
  /// Rate, clipping, accumulation.
  public let options: OptimizerOptions
  private let beta1: Double
  private let beta2: Double
  private let weightDecay: Double

  /// The paper's Lion, with decoupled weight decay.
  public init(
    rate: some LearningRate = 1e-4, beta1: Double = 0.9, beta2: Double = 0.99,
    weightDecay: Double = 0, clip: Clip? = nil, accumulate: Int = 1
  ) {
    options = OptimizerOptions(rate: rate, clip: clip, accumulate: accumulate)
    self.beta1 = Check.inside(beta1, 0...1, "beta1", of: "Lion")
    self.beta2 = Check.inside(beta2, 0...1, "beta2", of: "Lion")
    self.weightDecay = weightDecay
  }

  /// Returns the new value of a parameter.
  public func updated(_ parameter: Tensor, gradient: Tensor, _ step: OptimizerStep) -> Tensor {
    let m = step.memory("m")
    let direction = sign(m * beta1 + gradient * (1 - beta1))
    step.remember("m", m * beta2 + gradient * (1 - beta2))
    let change = weightDecay == 0 ? direction : direction + parameter * weightDecay
    return parameter - step.rate * change
  }
}
