internal import Support

/// Returns what is wrong with a program and its kernels, in words; nothing for a good one.
///
/// - Parameter good: a program without mistakes that `program` was made from; kernels that are the
///   same in both are not checked again.
package func complaints(about program: LoopProgram, madeFrom good: LoopProgram? = nil) -> [String] {
  var result: [String] = []
  for id in program.kernels.ids {
    let kernel = program.kernels[id]
    if let good, id.index < good.kernels.count, good.kernels[id] == kernel { continue }
    result += complaints(about: kernel)
  }
  for setting in program.settings
  where !program.states.contains(where: { $0.array.name == setting.name }) {
    result.append("setting '\(setting.name)' has no state")
  }
  let heads = program.functions.map(\.head)
  result += heads.kindProblems.map { "function '\($0.function)': \($0.problem)" }
  for function in program.functions {
    var verifier = ProgramVerifier(program, function)
    verifier.check(function.steps)
    result += verifier.complaints
    for temporary in function.temporaries where program.isPlanned {
      let end = temporary.offset + temporary.array.bytes
      if temporary.offset >= 0, end <= program.arenaBytes { continue }
      result.append("'\(temporary.array.name)' of '\(function.name)' is not within the arena")
    }
  }
  return result
}

extension LoopProgram {
  // True iff temporaries have their places. Before that the arena has no bytes, and each temporary
  // has separate memory and offset 0.
  fileprivate var isPlanned: Bool { arenaBytes > 0 }
}

/// The function whose steps are checked, and the problems found so far.
private struct ProgramVerifier {
  private let program: LoopProgram
  private let function: LoopFunction
  private(set) var complaints: [String] = []
  // How many steps have begun.
  private var count = 0
  // The variables of enclosing loops.
  private var variables: [Int: Variable] = [:]

  init(_ program: LoopProgram, _ function: LoopFunction) {
    self.program = program
    self.function = function
  }

  mutating func check(_ steps: [Step]) {
    for step in steps { check(step) }
  }

  // Checks a step and those inside it.
  private mutating func check(_ step: Step) {
    switch step {
    case .call, .fill, .copy, .probe: checkItself(step)
    case .loop(let variable, let body):
      checkItself(step)
      let outer = variables
      variables[variable.id] = variable
      check(body)
      variables = outer
    case .whileLoop(let condition, _, let body):
      check(condition)
      checkItself(step)
      check(body)
    case .branch(_, let then, let otherwise):
      checkItself(step)
      check(then)
      check(otherwise)
    }
  }

  // Checks a step but not the steps inside it.
  private mutating func checkItself(_ step: Step) {
    count += 1
    let found = step.operands.flatMap { complaints(about: $0) } + complaints(about: step)
    complaints += found.map { "step \(count) of '\(function.name)': \($0)" }
  }

  private func complaints(about step: Step) -> [String] {
    switch step {
    case .call(let kernel, let operands):
      guard kernel.index < program.kernels.count else { return ["no kernel \(kernel.index)"] }
      return complaints(about: program.kernels[kernel], operands)
    case .fill(let value, let to):
      guard let array = array(to) else { return ["the operand does not exist"] }
      if array.type != value.type { return ["'\(array.name)' is filled with \(value.type)"] }
      return isReadOnly(to) ? ["'\(array.name)' is read-only, but is written"] : []
    case .copy(let from, let to):
      guard let a = array(from), let b = array(to) else { return ["an operand does not exist"] }
      // A copy may give the same elements another shape.
      if a.type != b.type || a.count != b.count { return ["'\(a.name)' and '\(b.name)' differ"] }
      if overlap(from, to) { return ["'\(b.name)' is copied to memory that it shares"] }
      return isReadOnly(to) ? ["'\(b.name)' is read-only, but is written"] : []
    case .probe(_, let operand): return array(operand) == nil ? ["the operand does not exist"] : []
    case .loop(let variable, _):
      let isNested = variables[variable.id] != nil
      return isNested ? ["loops over '\(variable.name)' are nested"] : []
    case .whileLoop(_, let predicate, _), .branch(let predicate, _, _):
      guard let array = array(predicate) else { return ["the condition does not exist"] }
      if array.type == .bool && array.count == 1 { return [] }
      return ["a condition is one bool, but '\(array.name)' is \(array.type)\(array.shape)"]
    }
  }

  // What is wrong with the positions in an operand.
  private func complaints(about operand: Operand) -> [String] {
    switch operand {
    case .state, .input, .output, .temporary, .constant: return []
    case .element(let whole, let index):
      let found = complaints(about: whole) + complaints(about: index)
      guard let array = array(whole), let extent = array.shape.first else { return found }
      let range = index.range
      if range.lowerBound >= 0, range.upperBound < extent { return found }
      return found + [
        "'\(array.name)' has \(extent) elements on its first axis, but is indexed with "
          + "\(range.lowerBound)...\(range.upperBound)"
      ]
    case .part(let whole, let range):
      let found = complaints(about: whole)
      guard let array = array(whole), let extent = array.shape.first else { return found }
      if range.lowerBound >= 0, range.upperBound <= extent, !range.isEmpty { return found }
      return found + ["'\(array.name)' has \(extent) elements on its first axis, not \(range)"]
    case .shaped(let whole, let shape):
      let found = complaints(about: whole)
      guard let array = array(whole), array.count != shape.reduce(1, *) else { return found }
      return found + ["'\(array.name)' does not have as many elements as the shape \(shape)"]
    case .named(let whole, _), .becoming(let whole, _): return complaints(about: whole)
    case .index(let index):
      let range = index.range
      let fits = Int32(exactly: range.lowerBound) != nil && Int32(exactly: range.upperBound) != nil
      return complaints(about: index) + (fits ? [] : ["a position is not an i32"])
    }
  }

  private func complaints(about index: Index) -> [String] {
    var result: [String] = []
    for variable in index.variables where variables[variable.id] != variable {
      result.append("variable '\(variable.name)' is used outside its loop")
    }
    index.forEachValue { _ in result.append("a position of a step depends on an array") }
    return result
  }

  // Checks a call: as many operands as parameters, of their types, and no forbidden sharing.
  private func complaints(about kernel: Kernel, _ operands: [Operand]) -> [String] {
    guard operands.count == kernel.parameters.count else {
      return ["'\(kernel.name)' takes \(kernel.parameters.count) operands, not \(operands.count)"]
    }
    var result: [String] = []
    for (n, (operand, parameter)) in zip(operands, kernel.parameters).enumerated() {
      let buffer = parameter.buffer
      guard let array = array(operand) else {
        result.append("\(operand) does not exist")
        continue
      }
      if array.type != buffer.type || array.count != buffer.shape.reduce(1, *) {
        result.append(
          "'\(array.name)' is \(array.type)\(array.shape), but '\(buffer.name)' of "
            + "'\(kernel.name)' \(buffer.type)\(buffer.shape)")
      }
      if parameter.access == .read { continue }
      if isReadOnly(operand) { result.append("'\(array.name)' is read-only, but is written") }
      // A parameter that is written must not share memory with another one.
      for (m, other) in operands.enumerated() where m != n && overlap(operand, other) {
        // Of two that are written, the first reports the problem.
        if m < n && kernel.parameters[m].access != .read { continue }
        result.append("'\(array.name)' is written, and shares memory with \(other)")
      }
    }
    return result
  }

  private func array(_ operand: Operand) -> ArrayDeclaration? {
    program.array(operand, in: function)
  }

  private func isReadOnly(_ operand: Operand) -> Bool {
    switch operand {
    case .input, .constant, .index: true
    case .state, .output, .temporary: false
    case .element(let whole, _), .part(let whole, _), .shaped(let whole, _), .named(let whole, _),
      .becoming(let whole, _):
      isReadOnly(whole)
    }
  }

  // True iff two operands may share memory.
  private func overlap(_ a: Operand, _ b: Operand) -> Bool {
    // Each position is a separate scalar.
    if case .index = a { return false }
    if a.base == b.base { return !a.isApart(from: b) }
    guard program.isPlanned, case .temporary(let m) = a.base, case .temporary(let n) = b.base,
      function.temporaries.indices.contains(m), function.temporaries.indices.contains(n)
    else { return false }
    let (x, y) = (function.temporaries[m], function.temporaries[n])
    return x.offset < y.offset + y.array.bytes && y.offset < x.offset + x.array.bytes
  }
}
