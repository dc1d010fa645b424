public import TensorLibrary
internal import LoopIR

extension Optimizer {
  /// Updates `parameters` to reduce `loss`; frozen ones do not change.
  ///
  ///     Adam(rate: 1e-3).minimize(loss, net.parameters)
  ///
  /// An optimizer may be used several times in a step, for the same parameters or for others: each
  /// parameter counts its own updates. While a step is evaluated on held-out examples this does
  /// nothing.
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
    let set = state.set(of: learned, in: trace)
    trace.checkLeaves(learned, of: loss)
    guard session.log.entries.count == mistakes else { return }
    let values = learned.map(\.value)
    let gradients = gradient(of: loss, by: values)
    guard gradients.allSatisfy({ $0.value != nil }) else { return }
    let name = trace.builder.name
    defer { trace.builder.name = name }
    apply(gradients, to: zip(learned, values).map { ($0, $1) }, state, set, trace)
  }

  private func apply(
    _ gradients: [Tensor], to parameters: [(Parameter, Tensor)], _ state: OptimizerState,
    _ set: OptimizedSet, _ trace: Trace
  ) {
    trace.builder.name = state.name
    let happens = countGradients(set)
    let sums = zip(gradients, parameters).map { gradient, parameter in
      accumulated(gradient, parameter.0, state, happens, trace)
    }
    let limited = options.clip?(sums) ?? sums
    trace.builder.name = state.name
    let done = set.count.value
    for (gradient, (parameter, value)) in zip(limited, parameters) {
      trace.builder.name = state.name
      let count = state.updates(of: parameter).cast(to: .f32)
      let rate = options.rate.rate(at: RateStep(count: count, optimizer: state))
      trace.builder.name = "\(state.name)_\(parameter.plainName ?? "parameter")"
      let element = value.elementType
      let step = OptimizerStep(
        rate: rate.cast(to: element), count: (count + 1).cast(to: element), state: state,
        parameter: parameter, happens: happens)
      let new = updated(value, gradient: gradient, step)
      parameter.store(happens.map { select($0, new, value) } ?? new)
    }
    trace.builder.name = state.name
    set.count.store(done + (happens.map { $0.cast(to: .u32) } ?? done.filled(1)))
  }

  // Returns whether this step changes the parameters; nil if each does.
  private func countGradients(_ set: OptimizedSet) -> Tensor? {
    guard let seen = set.seen else { return nil }
    let now = seen.value + 1
    let happens = now .== Double(options.accumulate)
    seen.store(select(happens, now.filled(0), now))
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
    memory.store(select(happens, sum.filled(0), sum))
    return sum
  }
}

extension Model {
  /// The state of `optimizer`, made when it is first used.
  func optimizerState(of optimizer: any Optimizer) -> OptimizerState {
    optimizers.of(optimizer) {
      OptimizerState(accumulates: optimizer.options.accumulate > 1, in: self, number: $0)
    }
  }
}

extension Trace {
  /// Reports a loss that is no single number.
  fileprivate func refuse(_ loss: Tensor) {
    model.session.report(.lossNotScalar(loss.type, made: loss.site))
    if let value = loss.value { refusedLosses.insert(value) }
  }

  /// Reports parameters whose present value the loss does not depend on.
  fileprivate func checkLeaves(_ parameters: [Parameter], of loss: Tensor) {
    let dependence = Dependence(of: loss)
    var (older, independent): ([Parameter], [Parameter]) = ([], [])
    for parameter in parameters {
      guard model.state(of: parameter) != nil else { continue }
      if let value = version(of: parameter), dependence.contains(value) { continue }
      if holdsPast(of: parameter, dependence) {
        older.append(parameter)
      } else {
        independent.append(parameter)
      }
    }
    if !older.isEmpty { model.session.report(.olderVersion(older)) }
    if !independent.isEmpty {
      model.session.report(
        .independent(independent, all: independent.count == parameters.count))
    }
  }
}
