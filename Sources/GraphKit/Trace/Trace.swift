package import GraphIR
internal import LoopIR

/// One function of a model while it is being written down.
package final class Trace: @unchecked Sendable {
  /// What a function is for, which decides how dropout and batch norm behave.
  package enum Mode: Sendable {
    /// Parameters are learned.
    case training
    /// The training step again, without learning, for held-out examples.
    case evaluation
    /// Anything else that a user calls.
    case inference
    /// Every state gets its first value.
    case initialisation
  }

  /// The function that is being traced.
  @TaskLocal package static var current: Trace?

  /// The model whose function it is.
  package let model: Model
  /// The name of the function.
  package let name: String
  /// What the function is for.
  package let mode: Mode
  /// Makes the nodes of the function.
  package let builder: GraphBuilder
  /// The place of the layer that is being applied, if it stands in a `Sequential`.
  var layer: SiteID?
  /// The number of that layer in its `Sequential`.
  var number: Int?
  var probes: [(name: String, value: Tensor)] = []
  /// The key and the count that random numbers of this function depend on.
  var random: (key: Tensor, step: Tensor)?
  /// Losses that were reported not to be a single number.
  var refusedLosses: Set<Value> = []
  /// The parameters that each optimizer changes in this function.
  var minimized: [ObjectIdentifier: Set<ObjectIdentifier>] = [:]
  /// The stack that declares the function.
  private let outer = ProgramFrames.capture()
  private var versions: [ObjectIdentifier: Tensor] = [:]
  private var writes: [StateID: Value] = [:]
  private let stack = StackGuard()

  init(of model: Model, name: String, mode: Mode) {
    self.model = model
    self.name = name
    self.mode = mode
    let session = model.session
    builder = GraphBuilder(log: session.log)
    let stack = stack
    builder.site = { [weak self] in
      stack.check(session)
      // A tensor may outlive its function by mistake.
      return self?.here() ?? session.here()
    }
  }

  /// The place in the model that is running now.
  func here() -> SiteID? { model.session.sites.here(in: layer, beyond: outer) }

  /// The value that `parameter` has here, nil if it was neither read nor written yet.
  func version(of parameter: Parameter) -> Tensor? { versions[ObjectIdentifier(parameter)] }

  /// Returns the value of `parameter`: the one written last, else the one the function began with.
  func read(_ parameter: Parameter) -> Tensor {
    if let known = version(of: parameter) { return known }
    guard let state = model.state(of: parameter) else { return builder.poison(parameter.type) }
    let outer = builder.name
    builder.name = parameter.plainName
    defer { builder.name = outer }
    let value = builder.apply(ReadState(state, parameter.type))
    versions[ObjectIdentifier(parameter)] = value
    return value
  }

  /// Makes `value` the value of `parameter` from here on.
  func write(_ value: Tensor, to parameter: Parameter) {
    guard let state = model.state(of: parameter) else { return }
    guard value.builder === builder else {
      if value.value != nil { model.session.report(.otherFunction("assign")) }
      return
    }
    if value.value != nil, value.type != parameter.type {
      return model.session.report(
        .assigned(parameter.title, value.type, parameter.type, made: parameter.site))
    }
    let outer = builder.name
    if outer == nil { builder.name = parameter.plainName }
    defer { builder.name = outer }
    let written = builder.apply(WriteState(state, parameter.type), value)
    versions[ObjectIdentifier(parameter)] = written
    if let value = written.value { writes[state] = value }
  }

  /// The last value written to each state, in the order of the states.
  var updates: [(state: StateID, value: Value)] {
    writes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
