internal import LoopIR
internal import Support

extension LoopPass {
  /// Computes values that depend on parameters alone, such as packed weights, once after loading.
  ///
  ///     function infer { call pack(@w, panels); call multiply(x, panels, y) }
  /// ->
  ///     state w_panels derived
  ///     function infer { call multiply(x, @w_panels, y) }
  ///     function prepare as prepare { call pack(@w, @w_panels) }
  ///
  /// The preparation runs before the first function that reads its results, and again after a
  /// parameter has changed. Functions of the train program compute them in the arena, as they
  /// change with each step.
  package static let prepareStates = LoopPass(
    "prepare-states", "compute once the values that depend only on parameters"
  ) { program in
    var preparation = Preparation(program)
    for i in program.functions.indices where !program.functions[i].kind.isOfTraining {
      program.functions[i] = preparation.cut(program.functions[i])
    }
    guard !preparation.steps.isEmpty else { return }
    program.states = preparation.states
    program.prepare(with: preparation.steps)
  }
}

extension LoopProgram {
  /// Adds steps to the function that fills derived states, which is made if there is none. The flag
  /// that says whether it has run is the last state.
  mutating func prepare(with steps: [Step]) {
    if let f = functions.firstIndex(where: \.isPreparation) {
      functions[f].steps += steps
      return
    }
    let flag = ArrayDeclaration(name: "is_prepared", type: .bool, shape: [])
    states.append(StateSlot(flag, role: .derived))
    functions.append(
      LoopFunction(
        name: FunctionKind.prepare.fixedName(), kind: .prepare, inputs: [], outputs: [],
        temporaries: [], steps: steps, summary: FunctionKind.prepare.row.summary))
  }
}

extension [StateSlot] {
  /// The name, or that with the first number that no state has.
  func freeName(_ wanted: String) -> String {
    let taken = Set(map(\.array.name))
    if !taken.contains(wanted) { return wanted }
    var number = 2
    while taken.contains("\(wanted)_\(number)") { number += 1 }
    return "\(wanted)_\(number)"
  }
}

/// The prepared values and their states.
private struct Preparation {
  private let program: LoopProgram
  private(set) var states: [StateSlot]
  private(set) var steps: [Step] = []
  /// The results of steps that are already prepared for other functions.
  private var known: [Step: [Operand]] = [:]

  init(_ program: LoopProgram) {
    self.program = program
    states = program.states
  }

  /// Returns the function without the steps that are prepared.
  mutating func cut(_ function: LoopFunction) -> LoopFunction {
    var writers: [Operand: Int] = [:]
    for step in function.steps.flattened {
      for operand in program.written(by: step) { writers[operand.base, default: 0] += 1 }
    }
    var moved: [Int: Operand] = [:]
    var result = function
    result.steps = cut(function.steps, function, writers, &moved)
    if moved.isEmpty { return function }
    // The remaining temporaries are numbered anew.
    let kept = function.temporaries.indices.filter { moved[$0] == nil }
    result.temporaries = kept.map { function.temporaries[$0] }
    var places = moved
    for (new, old) in kept.enumerated() { places[old] = .temporary(new) }
    result.steps = result.steps.map { step in
      step.mapped { operand in
        if case .temporary(let i) = operand { places[i] ?? operand } else { operand }
      }
    }
    return result
  }

  private mutating func cut(
    _ steps: [Step], _ function: LoopFunction, _ writers: [Operand: Int],
    _ moved: inout [Int: Operand]
  ) -> [Step] {
    var result: [Step] = []
    for step in steps {
      switch step {
      case .call(let kernel, let operands):
        if !move(kernel, operands, function, writers, &moved) { result.append(step) }
      case .loop(let variable, let body):
        result.append(.loop(variable, cut(body, function, writers, &moved)))
      case .fill, .copy, .probe, .whileLoop, .branch: result.append(step)
      }
    }
    return result
  }

  // Moves a call out of its function, if it only reads invariants and is the only one that writes
  // its results.
  private mutating func move(
    _ kernel: KernelID, _ operands: [Operand], _ function: LoopFunction,
    _ writers: [Operand: Int], _ moved: inout [Int: Operand]
  ) -> Bool {
    let parameters = program.kernels[kernel].parameters
    var fixed: [Operand] = []
    var results: [Int] = []
    let operands = operands.map(\.unnamed)
    for (operand, parameter) in zip(operands, parameters) {
      switch (operand, parameter.access) {
      case (.state(let i), .read) where isFixed(i, writers): fixed.append(operand)
      case (.constant, .read): fixed.append(operand)
      case (.temporary(let i), .read):
        guard let place = moved[i] else { return false }
        fixed.append(place)
      case (.temporary(let i), .write) where writers[operand] == 1: results.append(i)
      default: return false
      }
    }
    guard fixed.contains(where: { if case .state = $0 { true } else { false } }) else {
      return false
    }
    let key = Step.call(kernel, fixed)
    if known[key] == nil {
      known[key] = results.map { i in
        let array = function.temporaries[i].array
        let name = states.freeName(array.name)
        states.append(StateSlot(array.named(name), role: .derived))
        return .state(states.count - 1)
      }
      let places = known[key] ?? []
      let own = Dictionary(uniqueKeysWithValues: zip(results, places))
      steps.append(
        .call(
          kernel,
          operands.map { operand in
            if case .temporary(let i) = operand { own[i] ?? moved[i] ?? operand } else { operand }
          }))
    }
    for (i, place) in zip(results, known[key] ?? []) { moved[i] = place }
    return true
  }

  private func isFixed(_ state: Int, _ writers: [Operand: Int]) -> Bool {
    let role = states[state].role
    return writers[.state(state)] == nil && (role.isInWeights || role == .derived)
  }
}

extension ArrayDeclaration {
  // The array under another name.
  fileprivate func named(_ name: String) -> ArrayDeclaration {
    ArrayDeclaration(name: name, type: type, shape: shape)
  }
}
