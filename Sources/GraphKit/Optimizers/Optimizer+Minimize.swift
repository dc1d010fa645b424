public import GraphIR
internal import LoopIR

extension Optimizer {
  /// Changes `parameters` so that `loss` falls; frozen ones stay as they are.
  ///
  ///     Adam(rate: 1e-3).minimize(loss, net.parameters)
  ///
  /// While a step is evaluated on held-out examples this does nothing.
  public func minimize(_ loss: Tensor, _ parameters: [Parameter]) {
    guard let trace = Trace.running("minimize"), trace.mode != .evaluation else { return }
    let session = trace.model.session
    guard trace.mode == .training else { return session.report(.minimizeMode(trace.name)) }
    guard !parameters.isEmpty else { return session.report(.noParameters()) }
    guard loss.value != nil else { return }
    guard trace.builder.sees(loss.builder) else {
      return session.report(.otherFunction("minimize"))
    }
    guard loss.rank == 0, loss.elementType.isFloat else { return trace.refuse(loss) }
    let mistakes = session.log.entries.count
    let learned = parameters.filter { parameter in
      if parameter.role != .parameter {
        session.report(.notLearned(parameter.title, made: parameter.site))
      }
      return parameter.isTrainable
    }
    if learned.isEmpty { return session.report(.allFrozen()) }
    let state = trace.model.optimizerState(of: self)
    trace.claim(learned, for: self)
    trace.checkLeaves(learned, of: loss)
    guard session.log.entries.count == mistakes else { return }
    let values = learned.map(\.value)
    let gradients = gradient(of: loss, by: values)
    guard gradients.allSatisfy({ $0.value != nil }) else { return }
    let name = trace.builder.name
    defer { trace.builder.name = name }
    apply(gradients, to: zip(learned, values).map { ($0, $1) }, state, trace)
  }

  private func apply(
    _ gradients: [Tensor], to parameters: [(Parameter, Tensor)], _ state: OptimizerState,
    _ trace: Trace
  ) {
    trace.builder.name = state.name
    let happens = countGradients(state)
    let sums = zip(gradients, parameters).map { gradient, parameter in
      accumulated(gradient, parameter.0, state, happens, trace)
    }
    let limited = options.clip?(sums) ?? sums
    trace.builder.name = state.name
    let done = state.count.value
    let count = done.cast(to: .f32)
    let rate = options.rate.rate(at: RateStep(count: count, optimizer: state))
    for (gradient, (parameter, value)) in zip(limited, parameters) {
      trace.builder.name = "\(state.name)_\(parameter.plainName ?? "parameter")"
      let element = value.elementType
      let step = OptimizerStep(
        rate: rate.cast(to: element), count: (count + 1).cast(to: element), state: state,
        parameter: parameter, happens: happens)
      let new = updated(value, gradient: gradient, step)
      parameter.assign(happens.map { select($0, new, value) } ?? new)
    }
    trace.builder.name = state.name
    state.count.assign(done + (happens.map { $0.cast(to: .u32) } ?? done.filled(1)))
  }

  // Returns whether this step changes the parameters; nil if each does.
  private func countGradients(_ state: OptimizerState) -> Tensor? {
    guard let seen = state.seen else { return nil }
    let now = seen.value + 1
    let happens = now .== Double(options.accumulate)
    seen.assign(select(happens, now.filled(0), now))
    return happens
  }

  // Returns the sum of the gradients since the last update.
  private func accumulated(
    _ gradient: Tensor, _ parameter: Parameter, _ state: OptimizerState, _ happens: Tensor?,
    _ trace: Trace
  ) -> Tensor {
    guard let happens else { return gradient }
    trace.builder.name = "\(state.name)_\(parameter.plainName ?? "parameter")"
    let memory = state.memory("gradient", parameter, 0)
    let sum = memory.value + gradient
    memory.assign(select(happens, sum.filled(0), sum))
    return sum
  }
}

extension Model {
  /// The state of `optimizer`, made when it is first used.
  func optimizerState(of optimizer: any Optimizer) -> OptimizerState {
    let id = ObjectIdentifier(optimizer)
    if let known = optimizers[id] { return known }
    let state = OptimizerState(optimizer, in: self, number: optimizers.count)
    optimizers[id] = state
    return state
  }
}

extension Trace {
  /// Notes that `optimizer` changes `parameters`; reports those that it changes already.
  fileprivate func claim(_ parameters: [Parameter], for optimizer: any Optimizer) {
    for parameter in parameters {
      let id = ObjectIdentifier(parameter)
      if !minimized[ObjectIdentifier(optimizer), default: []].insert(id).inserted {
        model.session.report(.minimizedTwice(parameter.title, made: parameter.site))
      }
    }
  }

  /// Reports a loss that is no single number.
  fileprivate func refuse(_ loss: Tensor) {
    model.session.report(.lossNotScalar(loss.type, made: loss.site))
    if let value = loss.value { refusedLosses.insert(value) }
  }

  /// Reports parameters whose present value the loss does not depend on.
  fileprivate func checkLeaves(_ parameters: [Parameter], of loss: Tensor) {
    guard let root = loss.value else { return }
    let reached = builder.graph.differentiableAncestors(of: root)
    var (older, independent): ([Parameter], [Parameter]) = ([], [])
    for parameter in parameters {
      if let value = version(of: parameter)?.value, reached.contains(value.node) { continue }
      guard let state = model.state(of: parameter) else { continue }
      let isOlder = reached.contains { node in
        switch builder.graph[node].op {
        case let op as ReadState: op.state == state
        case let op as WriteState: op.state == state
        default: false
        }
      }
      if isOlder { older.append(parameter) } else { independent.append(parameter) }
    }
    if !older.isEmpty { model.session.report(.olderVersion(older)) }
    if !independent.isEmpty {
      model.session.report(
        .independent(independent, all: independent.count == parameters.count))
    }
  }
}
