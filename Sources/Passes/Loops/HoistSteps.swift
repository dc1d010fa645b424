internal import LoopIR
internal import Support

extension LoopPass {
  /// Moves steps that are the same in each iteration before the loop.
  ///
  ///     for t < 128 {
  ///       call pack(state 1, temporary 2)
  ///       call multiply(temporary 0[t], temporary 2, temporary 0[t + 1])
  ///     }
  /// ->
  ///     call pack(state 1, temporary 2)
  ///     for t < 128 {
  ///       call multiply(temporary 0[t], temporary 2, temporary 0[t + 1])
  ///     }
  ///
  /// Such a step reads nothing that the loop writes, and is the only one to write its temporaries.
  /// It is also moved out of a branch inside the loop: kernels cannot fail, so at worst one runs in
  /// vain.
  package static let hoistSteps = LoopPass(
    "hoist-steps", "move invariant steps out of loops"
  ) { program in
    for i in program.functions.indices {
      let steps = program.functions[i].steps
      let hoisting = Hoisting(program, writers(in: steps, program))
      program.functions[i].steps = hoisting.hoisted(steps)
    }
  }
}

/// Moves the steps of one function.
private struct Hoisting {
  private let program: LoopProgram
  /// How many steps of the function write each array.
  private let writers: [Operand: Int]

  init(_ program: LoopProgram, _ writers: [Operand: Int]) {
    self.program = program
    self.writers = writers
  }

  /// Returns the steps with invariant ones before their loops, inner loops first.
  func hoisted(_ steps: [Step]) -> [Step] {
    steps.flatMap { step -> [Step] in
      switch step {
      case .call, .fill, .copy, .probe: return [step]
      case .branch(let predicate, let then, let otherwise):
        return [.branch(predicate: predicate, then: hoisted(then), otherwise: hoisted(otherwise))]
      case .loop(let variable, let body):
        let (front, parts) = split([hoisted(body)], variable)
        return front + [.loop(variable, parts[0])]
      case .whileLoop(let condition, let predicate, let body):
        let (front, parts) = split([hoisted(condition), hoisted(body)], nil)
        return front + [.whileLoop(condition: parts[0], predicate: predicate, body: parts[1])]
      }
    }
  }

  // Removes the steps that can run before a loop from its parts.
  private func split(_ parts: [[Step]], _ variable: Variable?) -> (front: [Step], rest: [[Step]]) {
    var (front, rest) = ([Step](), parts)
    while true {
      let written = Set(LoopPass.writers(in: rest.flatMap { $0 }, program).keys)
      let count = front.count
      for i in rest.indices { rest[i] = without(rest[i], variable, written, &front) }
      // Steps that read only these can follow them.
      if front.count == count { return (front, rest) }
    }
  }

  private func without(
    _ steps: [Step], _ variable: Variable?, _ written: Set<Operand>, _ front: inout [Step]
  ) -> [Step] {
    var rest: [Step] = []
    for step in steps {
      if case .branch(let predicate, let then, let otherwise) = step {
        let arms = [then, otherwise].map { without($0, variable, written, &front) }
        rest.append(.branch(predicate: predicate, then: arms[0], otherwise: arms[1]))
      } else if canLeave(step, variable, written) {
        front.append(step)
      } else {
        rest.append(step)
      }
    }
    return rest
  }

  private func canLeave(_ step: Step, _ variable: Variable?, _ written: Set<Operand>) -> Bool {
    let results = program.written(by: step)
    guard !results.isEmpty, program.read(by: step).allSatisfy({ !written.contains($0.base) }),
      !step.operands.contains(where: { operand in
        variable.map { operand.depends(on: $0) } ?? false
      })
    else { return false }
    return results.allSatisfy { operand in
      guard case .temporary = operand.unnamed else { return false }
      return writers[operand.unnamed] == 1
    }
  }
}

extension LoopPass {
  // How many steps write each array, at every depth.
  fileprivate static func writers(in steps: [Step], _ program: LoopProgram) -> [Operand: Int] {
    var result: [Operand: Int] = [:]
    for step in steps.flattened {
      for operand in Set(program.written(by: step).map(\.base)) { result[operand, default: 0] += 1 }
    }
    return result
  }
}

extension LoopProgram {
  // The operands whose old values a step needs.
  fileprivate func read(by step: Step) -> [Operand] {
    switch step {
    case .call(let kernel, let operands):
      zip(operands, kernels[kernel].parameters).filter { $1.access.readsOldValue }.map(\.0)
    case .copy(let from, _): [from]
    case .fill, .probe, .loop, .whileLoop, .branch: []
    }
  }
}

extension Operand {
  // True iff the operand depends on the number of the iteration.
  fileprivate func depends(on variable: Variable) -> Bool {
    if case .index(let index) = base { return index.uses(variable) }
    return uses(variable)
  }
}
