package import GraphIR
internal import LoopIR

/// One function of a model while it is being traced.
package final class Trace: @unchecked Sendable {
  /// The mode of a function, which decides how dropout and batch norm behave.
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
  /// The kind of the function.
  let kind: FunctionKind
  /// The phase of training that it belongs to; empty for the only one, and for none.
  let phase: String
  /// The mode of the function, for layers.
  package var mode: Mode { kind.mode }
  /// Makes the nodes of the function itself.
  let root: GraphBuilder
  /// The loops and branches that are being traced, outermost first.
  var frames: [Frame] = []
  /// The place of the layer that is being applied, if it is in a `Sequential`.
  var layer: SiteID?
  /// The number of that layer in its `Sequential`.
  var number: Int?
  var probes: [(name: String, value: Tensor)] = []
  /// The key and the count that random numbers of this function depend on.
  var random: (key: Tensor, step: Tensor)?
  /// Gives a parameter that is read its first value, in the function that does so.
  var initialise: ((Parameter) -> Tensor)?
  /// True iff the model itself changes something, by an optimizer, `assign` or `follow`; the
  /// running means of layers do not count.
  var isLearning = false
  /// The optimizers whose rates change during the training.
  var rates: [OptimizerState] = []
  /// Losses that were reported not to be a single number.
  var refusedLosses: Set<Value> = []
  /// The stack at the function's declaration.
  private let outer = ProgramFrames.capture()
  /// The values that parameters had before others were written, here or inside loops.
  private var past: [ObjectIdentifier: [Tensor]] = [:]
  private var versions: [ObjectIdentifier: Tensor] = [:]
  /// True iff the body has to be traced again, as it lacks something that became known later.
  var isIncomplete = false
  private var writes: [StateID: Value] = [:]
  private let stack = StackGuard()

  init(of model: Model, name: String, kind: FunctionKind, phase: String) {
    self.model = model
    self.name = name
    self.kind = kind
    self.phase = phase
    let session = model.session
    root = GraphBuilder(log: session.log)
    let stack = stack
    root.site = { [weak self] in
      stack.check(session)
      // A tensor may outlive its function by mistake.
      return self?.here() ?? session.here()
    }
  }

  /// Makes the nodes of the function, or of the innermost loop or branch that is being traced.
  package var builder: GraphBuilder { frames.last?.builder ?? root }

  /// The place in the model that is running now.
  func here() -> SiteID? { model.session.sites.here(in: layer, beyond: outer) }

  /// The value that `parameter` has here, nil if it was neither read nor written yet.
  func version(of parameter: Parameter) -> Tensor? {
    let id = ObjectIdentifier(parameter)
    return frames.reversed().lazy.compactMap { $0.versions[id] }.first ?? versions[id]
  }

  /// Returns the value of `parameter`: the one written last, else the one the function began with.
  func read(_ parameter: Parameter) -> Tensor {
    if let known = version(of: parameter) { return known }
    guard let state = model.state(of: parameter) else { return builder.poison(parameter.type) }
    if let initialise { return initialise(parameter) }
    let outer = root.name
    root.name = parameter.plainName
    defer { root.name = outer }
    let value = root.apply(ReadState(state, parameter.type))
    versions[ObjectIdentifier(parameter)] = value
    return value
  }

  /// Makes `value` the value of `parameter` from here on. Gradients go through it as through any
  /// other value, unless `stop` is set.
  func write(_ value: Tensor, to parameter: Parameter, stoppingGradients stops: Bool = false) {
    guard let state = model.state(of: parameter) else { return }
    guard builder.sees(value.builder) else {
      if value.value != nil { model.session.report(.otherFunction("assign")) }
      return
    }
    if value.value != nil, value.type != parameter.type {
      return model.session.report(
        .assigned(parameter.title, value.type, parameter.type, made: parameter.site))
    }
    if let old = version(of: parameter) {
      past[ObjectIdentifier(parameter), default: []].append(old)
    }
    if let frame = frames.last {
      return frame.write(stops ? value.stopGradient() : value, to: parameter)
    }
    versions[ObjectIdentifier(parameter)] = value
    // Evaluation discards all assignments except the count of calls, and what it measures.
    guard mode != .evaluation || [.counter, .measure].contains(parameter.role) else { return }
    let outer = builder.name
    if outer == nil { builder.name = parameter.plainName }
    defer { builder.name = outer }
    let written = builder.apply(WriteState(state, parameter.type), value)
    if stops { versions[ObjectIdentifier(parameter)] = written }
    if let value = written.value { writes[state] = value }
  }

  /// True iff `dependence` holds a value that `parameter` had before.
  func holdsPast(of parameter: Parameter, _ dependence: Dependence) -> Bool {
    past[ObjectIdentifier(parameter), default: []].contains { dependence.contains($0) }
  }

  /// Notes that a gradient by `tensor` is taken in the graph of `inside`; returns false if that is
  /// known already, or if the tensor is not the present value of a parameter.
  func hold(_ tensor: Tensor, inside: GraphBuilder) -> Bool {
    guard let frame = frames.first(where: { $0.builder === inside }) else { return false }
    let parameter = model.states.first { version(of: $0)?.isSame(as: tensor) ?? false }
    return parameter.map { frame.hold($0) } ?? false
  }

  /// The state of tracing, saved so that a function or the inside of a loop can be traced again.
  var snapshot: Snapshot {
    Snapshot(
      randomCalls: model.randomCalls, optimizers: model.optimizers.count,
      plateaus: model.plateaus.count, probes: probes.count)
  }

  /// Restores the state of the time when `snapshot` was taken.
  func restore(_ snapshot: Snapshot) {
    model.randomCalls = snapshot.randomCalls
    model.optimizers.forget(after: snapshot.optimizers)
    model.plateaus.forget(after: snapshot.plateaus)
    probes.removeLast(probes.count - snapshot.probes)
  }

  /// A state that `restore` returns to.
  struct Snapshot {
    let randomCalls: Int
    let optimizers: Int
    let plateaus: Int
    let probes: Int
  }

  /// The last value written to each state, in the order of the states.
  var updates: [(state: StateID, value: Value)] {
    writes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}

extension FunctionKind {
  /// The mode of layers in functions of this kind.
  fileprivate var mode: Trace.Mode {
    switch self {
    case .initialise, .initialiseRest: .initialisation
    case .trainStep: .training
    case .evaluationStep, .evaluationRest: .evaluation
    case .measured, .evaluated, .rates, .prepare, .user: .inference
    }
  }
}
