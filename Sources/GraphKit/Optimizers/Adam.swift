public import TensorLibrary
internal import Glibc

/// Adam: steps scaled by running means of the gradient and of its square.
public final class Adam: Optimizer {
  /// Rate, clipping, accumulation.
  public let options: OptimizerOptions
  private let moments: Moments
  private let weightDecay: Double

  /// PyTorch's Adam; `weightDecay` is added to the gradient.
  public init(
    rate: some LearningRate = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false, clip: Clip? = nil,
    accumulate: Int = 1
  ) {
    options = OptimizerOptions(rate: rate, clip: clip, accumulate: accumulate)
    moments = Moments(beta1, beta2, epsilon, amsgrad, of: "Adam")
    self.weightDecay = weightDecay
  }

  /// Returns the new value of a parameter.
  public func updated(_ parameter: Tensor, gradient: Tensor, _ step: OptimizerStep) -> Tensor {
    let g = weightDecay == 0 ? gradient : gradient + parameter * weightDecay
    return moments.updated(parameter, g, step)
  }
}

/// AdamW: Adam with decoupled weight decay.
public final class AdamW: Optimizer {
  /// Rate, clipping, accumulation.
  public let options: OptimizerOptions
  private let moments: Moments
  private let weightDecay: Double

  /// PyTorch's AdamW.
  public init(
    rate: some LearningRate = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0.01, amsgrad: Bool = false, clip: Clip? = nil,
    accumulate: Int = 1
  ) {
    options = OptimizerOptions(rate: rate, clip: clip, accumulate: accumulate)
    moments = Moments(beta1, beta2, epsilon, amsgrad, of: "AdamW")
    self.weightDecay = weightDecay
  }

  /// Returns the new value of a parameter.
  public func updated(_ parameter: Tensor, gradient: Tensor, _ step: OptimizerStep) -> Tensor {
    guard weightDecay != 0 else { return moments.updated(parameter, gradient, step) }
    let decay = step.shared("decay") { 1 - step.rate * weightDecay }
    return moments.updated(parameter * decay, gradient, step)
  }
}

/// The running means of Adam and AdamW, and the step that follows from them.
private struct Moments {
  let beta1: Double
  let beta2: Double
  let epsilon: Double
  let amsgrad: Bool
  /// The logarithms of both.
  private let log1: Double
  private let log2: Double

  init(_ beta1: Double, _ beta2: Double, _ epsilon: Double, _ amsgrad: Bool, of owner: String) {
    self.beta1 = Check.below1(beta1, "beta1", of: owner)
    self.beta2 = Check.below1(beta2, "beta2", of: owner)
    log1 = Glibc.log(self.beta1)
    log2 = Glibc.log(self.beta2)
    self.epsilon = epsilon
    self.amsgrad = amsgrad
  }

  func updated(_ parameter: Tensor, _ gradient: Tensor, _ step: OptimizerStep) -> Tensor {
    let builder = parameter.builder
    let (oldM, oldV) = (step.memory("m"), step.memory("v"))
    let m = builder.part("new_m") { oldM * beta1 + gradient * (1 - beta1) }
    var v = builder.part("new_v") { oldV * beta2 + gradient * gradient * (1 - beta2) }
    step.remember("m", m)
    step.remember("v", v)
    if amsgrad {
      v = maximum(step.memory("v_max"), v)
      step.remember("v_max", v)
    }
    // Both means begin at 0; these two factors correct that bias. 1 - beta^count would lose most
    // digits in `f32`.
    let rate = step.shared("rate") { step.rate / -expm1(step.count * log1) }
    let scale = step.shared("scale") { sqrt(-expm1(step.count * log2)) }
    return parameter - rate * m / (sqrt(v) / scale + epsilon)
  }
}
