public import GraphIR
internal import LoopIR

/// A rule that changes parameters so that a loss falls.
///
/// A rule of one's own is a class with one function, `updated`.
public protocol Optimizer: AnyObject {
  /// What all optimizers share: rate, limit of gradients, accumulation.
  var options: OptimizerOptions { get }

  /// Returns the new value of a parameter.
  func updated(_ parameter: Tensor, gradient: Tensor, _ step: OptimizerStep) -> Tensor
}

/// What all optimizers share.
public struct OptimizerOptions {
  let rate: any LearningRate
  let clip: Clip?
  let accumulate: Int

  /// `rate` is a number, a schedule or a setting. With `accumulate` above 1, gradients are summed
  /// over that many steps before they are used.
  public init(rate: some LearningRate, clip: Clip? = nil, accumulate: Int = 1) {
    let number = rate as? Double ?? (rate as? Int).map(Double.init)
    if let number { _ = Check.natural(number, "learning rate", of: nil) }
    self.rate = rate
    self.clip = clip?.checked()
    self.accumulate = Check.positive(accumulate, "number of steps to accumulate", of: nil)
  }
}

/// One update of one parameter.
public struct OptimizerStep {
  /// The learning rate, a single number.
  public let rate: Tensor
  /// The number of this update, from 1, as `f32`.
  public let count: Tensor
  let state: OptimizerState
  let parameter: Parameter
  /// Whether the update happens; nil if it always does.
  let happens: Tensor?

  /// Returns what `body` makes, a number that is the same for all parameters, under a name of the
  /// optimizer's own.
  public func shared(_ name: String, _ body: () -> Tensor) -> Tensor {
    let builder = rate.builder
    let outer = builder.name
    builder.name = "\(state.name)_\(name)"
    defer { builder.name = outer }
    return body()
  }

  /// Returns what the optimizer keeps for the parameter under a name, `initial` everywhere at
  /// first.
  public func memory(_ name: String, initial: Double = 0) -> Tensor {
    state.memory(name, parameter, initial).value
  }

  /// Keeps `value` under a name until the next update.
  public func remember(_ name: String, _ value: Tensor, initial: Double = 0) {
    let memory = state.memory(name, parameter, initial)
    memory.assign(happens.map { select($0, value, memory.value) } ?? value)
  }
}

/// What one optimizer keeps in a model.
final class OptimizerState {
  /// Keeps the optimizer alive, so that no other takes its identity.
  let optimizer: any Optimizer
  let model: Model
  let name: String
  /// The number of updates done.
  let count: Parameter
  /// The number of gradients seen, if they are accumulated.
  let seen: Parameter?
  private var memories: [String: Parameter] = [:]

  init(_ optimizer: any Optimizer, in model: Model, number: Int) {
    self.optimizer = optimizer
    self.model = model
    name = number == 0 ? "optimizer" : "optimizer\(number + 1)"
    count = model.makeState("\(name).step", TensorType(.u32, []), .optimizer)
    seen =
      optimizer.options.accumulate == 1
      ? nil : model.makeState("\(name).accumulated", TensorType(.u32, []), .optimizer)
  }

  /// The state `<optimizer>.<parameter>.<name>`, of the type of the parameter.
  func memory(_ label: String, _ parameter: Parameter, _ initial: Double) -> Parameter {
    let path = "\(name).\(parameter.name ?? "").\(label)"
    if let known = memories[path] { return known }
    let made = model.makeState(path, parameter.type, .optimizer, .constant(initial))
    memories[path] = made
    return made
  }
}
