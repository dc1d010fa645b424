public import TensorLibrary
internal import LoopIR

/// A rule that updates parameters to reduce a loss.
///
/// A custom rule is a class with one function, `updated`.
public protocol Optimizer: AnyObject {
  /// The settings of all optimizers: rate, clipping, accumulation.
  var options: OptimizerOptions { get }

  /// Returns the new value of a parameter.
  func updated(_ parameter: Tensor, gradient: Tensor, _ step: OptimizerStep) -> Tensor
}

/// The settings of all optimizers.
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

  /// Returns the result of `body`, a number shared by all parameters, and names it after the
  /// optimizer and `name`.
  public func shared(_ name: String, _ body: () -> Tensor) -> Tensor {
    let builder = rate.builder
    let outer = builder.name
    builder.name = "\(state.name)_\(name)"
    defer { builder.name = outer }
    return body()
  }

  /// Returns the optimizer's state for the parameter under a name, `initial` everywhere at first.
  public func memory(_ name: String, initial: Double = 0) -> Tensor {
    state.memory(name, parameter, initial).value
  }

  /// Keeps `value` under a name until the next update.
  public func remember(_ name: String, _ value: Tensor, initial: Double = 0) {
    let memory = state.memory(name, parameter, initial)
    memory.store(happens.map { select($0, value, memory.value) } ?? value)
  }
}

/// Parameters that an optimizer changes in one call, and how often it has.
struct OptimizedSet {
  let members: Set<ObjectIdentifier>
  /// The number of updates done.
  let count: Parameter
  /// The number of gradients seen, if they are accumulated.
  let seen: Parameter?
}

/// The states of one optimizer in a model.
final class OptimizerState {
  private let accumulates: Bool
  let model: Model
  let name: String
  private var sets: [OptimizedSet] = []
  private var memories: [String: Parameter] = [:]
  /// The rate of the last update, kept so that a training can show it.
  private(set) lazy var lastRate = model.makeState(
    "\(name).last_rate", TensorType(.f32, []), .optimizer)

  init(accumulates: Bool, in model: Model, number: Int) {
    self.accumulates = accumulates
    self.model = model
    name = number == 0 ? "optimizer" : "optimizer\(number + 1)"
  }

  /// The counters for a call of `minimize` with `parameters`.
  ///
  /// If some of them, but not all, belong to another set, earlier calls used the wrong counters,
  /// and the function is traced again.
  func set(of parameters: [Parameter], in trace: Trace) -> OptimizedSet {
    let members = Set(parameters.map { ObjectIdentifier($0) })
    if let known = sets.first(where: { $0.members == members }) { return known }
    if let shared = parameters.first(where: { isCounted($0) }) {
      trace.isIncomplete = true
      if accumulates { model.session.report(.accumulatedInTwoSets(shared.title)) }
    }
    let suffix = sets.isEmpty ? "" : "\(sets.count + 1)"
    func counter(_ label: String) -> Parameter {
      model.makeState("\(name).\(label)\(suffix)", TensorType(.u32, []), .optimizer)
    }
    let set = OptimizedSet(
      members: members, count: counter("step"), seen: accumulates ? counter("accumulated") : nil)
    sets.append(set)
    return set
  }

  private func isCounted(_ parameter: Parameter) -> Bool {
    sets.contains { $0.members.contains(ObjectIdentifier(parameter)) }
  }

  /// The number of updates that `parameter` has had.
  func updates(of parameter: Parameter) -> Tensor {
    let counts = sets.filter { $0.members.contains(ObjectIdentifier(parameter)) }.map(\.count.value)
    return counts.dropFirst().reduce(counts[0], +)
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
