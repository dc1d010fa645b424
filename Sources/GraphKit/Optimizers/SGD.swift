public import TensorLibrary
internal import LoopIR

/// Steps against the gradient, with optional momentum.
public final class SGD: Optimizer {
  /// Rate, clipping, accumulation.
  public let options: OptimizerOptions
  private let momentum: Double
  private let dampening: Double
  private let nesterov: Bool
  private let weightDecay: Double

  /// PyTorch's SGD; `weightDecay` is added to the gradient.
  public init(
    rate: some LearningRate = 1e-3, momentum: Double = 0, nesterov: Bool = false,
    weightDecay: Double = 0, dampening: Double = 0, clip: Clip? = nil, accumulate: Int = 1
  ) {
    options = OptimizerOptions(rate: rate, clip: clip, accumulate: accumulate)
    self.momentum = Check.natural(momentum, "momentum", of: "SGD")
    self.dampening = dampening
    self.nesterov = nesterov
    self.weightDecay = weightDecay
    if nesterov, momentum <= 0 || dampening != 0 {
      Session.current.report(.nesterov())
    }
  }

  /// Returns the new value of a parameter.
  public func updated(_ parameter: Tensor, gradient: Tensor, _ step: OptimizerStep) -> Tensor {
    let g = weightDecay == 0 ? gradient : gradient + parameter * weightDecay
    guard momentum != 0 else { return parameter - step.rate * g }
    let old = step.memory("momentum")
    var velocity = old * momentum + g * (1 - dampening)
    // The first gradient counts in full.
    if dampening != 0 { velocity = select(step.count .== 1, g, velocity) }
    step.remember("momentum", velocity)
    return parameter - step.rate * (nesterov ? g + velocity * momentum : velocity)
  }
}
