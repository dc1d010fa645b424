public import TensorLibrary
internal import LoopIR

/// What `minimize` does with a parameter that the loss does not depend on.
public enum UnusedParameter: Sendable {
  /// Reports a mistake, which it usually is.
  case error
  /// Leaves the parameter and what the optimizer remembers of it as they are.
  case skip
}

extension Optimizer {
  /// Updates `parameters` to reduce `loss`; frozen ones do not change.
  ///
  ///     Adam(rate: 1e-3).minimize(loss, net.parameters)
  ///
  /// An optimizer may be used several times in a step, for the same parameters or for others: each
  /// parameter counts its own updates. While a step is evaluated on held-out examples this does
  /// nothing.
  public func minimize(
    _ loss: Tensor, _ parameters: [Parameter], unused: UnusedParameter = .error
  ) {
    GraphKit.update(loss, [(self, parameters)], clip: nil, unused)
  }
}

/// Updates groups of parameters, each by an optimizer of its own, to reduce a loss: PyTorch's
/// parameter groups.
///
///     let (fast, slow) = (Adam(rate: 1e-3), Adam(rate: 1e-4, weightDecay: 0.1))
///     minimize(loss, [(fast, head.parameters), (slow, body.parameters)], clip: .norm(1))
///
/// `clip` limits the gradients of all groups together, before the limits of the optimizers.
public func minimize(
  _ loss: Tensor, _ groups: [(optimizer: any Optimizer, parameters: [Parameter])],
  clip: Clip? = nil, unused: UnusedParameter = .error
) {
  let counts = groups.map(\.optimizer.options.accumulate)
  if clip != nil, Set(counts).count > 1 {
    return Session.current.report(.groupsAccumulate(counts))
  }
  var seen: Set<ObjectIdentifier> = []
  for parameter in groups.flatMap(\.parameters)
  where !seen.insert(ObjectIdentifier(parameter)).inserted {
    return Session.current.report(.inTwoGroups(parameter.title))
  }
  update(loss, groups, clip: clip?.checked(), unused)
}

/// The parameters that one optimizer changes in a call, with all it takes.
private struct UpdateGroup {
  let optimizer: any Optimizer
  let parameters: [Parameter]
  let state: OptimizerState
  let set: OptimizedSet
}

// Checks a loss and its parameters, then updates them.
private func update(
  _ loss: Tensor, _ groups: [(optimizer: any Optimizer, parameters: [Parameter])], clip: Clip?,
  _ unused: UnusedParameter
) {
  guard let trace = Trace.running("minimize"), trace.mode != .evaluation else { return }
  let groups = groups.map { (optimizer: $0, parameters: $1.map(\.actual)) }
  let session = trace.model.session
  guard trace.mode == .training else { return session.report(.minimizeMode(trace.name)) }
  let all = groups.flatMap(\.parameters)
  guard !all.isEmpty else { return session.report(.noParameters()) }
  guard loss.value != nil else { return }
  guard trace.builder.sees(loss.builder) else {
    return session.report(.otherFunction("minimize"))
  }
  guard loss.rank == 0, loss.elementType.isFloat else { return trace.refuse(loss) }
  let mistakes = session.log.entries.count
  for parameter in all where parameter.role != .parameter {
    session.report(.notLearned(parameter.title, made: parameter.site))
  }
  var learned = groups.map { $0.parameters.filter(\.isTrainable) }
  if learned.allSatisfy(\.isEmpty) { return session.report(.allFrozen()) }
  if unused == .skip { learned = trace.used(learned, by: loss) }
  let parts = zip(groups, learned).filter { !$1.isEmpty }.map { group, learned in
    let state = trace.model.optimizerState(of: group.optimizer)
    return UpdateGroup(
      optimizer: group.optimizer, parameters: learned, state: state,
      set: state.set(of: learned, in: trace))
  }
  trace.isLearning = true
  let wanted = learned.flatMap { $0 }
  trace.checkLeaves(wanted, of: loss)
  guard session.log.entries.count == mistakes else { return }
  let values = wanted.map(\.value)
  let gradients = gradient(of: loss, by: values)
  guard gradients.allSatisfy({ $0.value != nil }) else { return }
  let name = trace.builder.name
  defer { trace.builder.name = name }
  apply(gradients, values, to: parts, clip, trace)
}

// Changes parameters by their gradients, group by group.
private func apply(
  _ gradients: [Tensor], _ values: [Tensor], to parts: [UpdateGroup], _ clip: Clip?,
  _ trace: Trace
) {
  var (rest, sums, happens): (ArraySlice<Tensor>, [Tensor], [Tensor?]) = (gradients[...], [], [])
  for part in parts {
    trace.builder.name = part.state.name
    let isDone = part.optimizer.countGradients(part.set)
    for parameter in part.parameters {
      let sum = part.optimizer.accumulated(
        rest.removeFirst(), parameter, part.state, isDone, trace)
      sums.append(sum)
    }
    happens.append(isDone)
  }
  var limited = (clip?(sums) ?? sums)[...]
  var old = values[...]
  for (part, isDone) in zip(parts, happens) {
    let count = part.parameters.count
    part.optimizer.change(
      part, from: Array(old.prefix(count)), Array(limited.prefix(count)), isDone, trace)
    (old, limited) = (old.dropFirst(count), limited.dropFirst(count))
  }
}

extension Optimizer {
  // Gives the parameters of a group their new values.
  fileprivate func change(
    _ part: UpdateGroup, from values: [Tensor], _ sums: [Tensor], _ happens: Tensor?,
    _ trace: Trace
  ) {
    let state = part.state
    let gradients = options.clip?(sums) ?? sums
    trace.builder.name = state.name
    let done = part.set.count.value
    var last: Tensor?
    for (gradient, (parameter, value)) in zip(gradients, zip(part.parameters, values)) {
      trace.builder.name = state.name
      let count = state.updates(of: parameter).cast(to: .f32)
      let rate = trace.builder.part("learning_rate") {
        options.rate.rate(at: RateStep(count, of: state))
      }
      last = last ?? rate
      trace.builder.name = "\(state.name)_\(parameter.plainName ?? "parameter")"
      let element = value.elementType
      let step = OptimizerStep(
        rate: rate.cast(to: element), count: (count + 1).cast(to: element), state: state,
        parameter: parameter, happens: happens)
      let new = updated(value, gradient: gradient, step)
      parameter.store(happens.map { select($0, new, value) } ?? new)
    }
    trace.builder.name = state.name
    if options.rate.changes, let last { trace.keep(last, of: state) }
    part.set.count.store(done + (happens.map { $0.cast(to: .u32) } ?? done.filled(1)))
  }

  // Returns whether this step changes the parameters; nil if each does.
  fileprivate func countGradients(_ set: OptimizedSet) -> Tensor? {
    guard let seen = set.seen else { return nil }
    let now = seen.value + 1
    let happens = now .== Double(options.accumulate)
    seen.store(select(happens, now.filled(0), now))
    return happens
  }

  // Returns the sum of the gradients since the last update.
  fileprivate func accumulated(
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

  /// Returns the parameters of groups that the loss depends on, perhaps by an older value; all of
  /// them if there are none, which is a mistake.
  fileprivate func used(_ groups: [[Parameter]], by loss: Tensor) -> [[Parameter]] {
    let dependence = Dependence(of: loss)
    let found = groups.map { group in
      group.filter { parameter in
        version(of: parameter).map(dependence.contains) ?? false
          || holdsPast(of: parameter, dependence)
      }
    }
    return found.allSatisfy(\.isEmpty) ? groups : found
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
