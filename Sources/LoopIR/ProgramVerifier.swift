internal import Support

/// Returns what is wrong with a program and its kernels, in words; nothing for a good one.
package func complaints(about program: LoopProgram) -> [String] {
  var result = program.kernels.values.flatMap { complaints(about: $0) }
  for setting in program.settings
  where !program.states.contains(where: { $0.array.name == setting.name }) {
    result.append("setting '\(setting.name)' has no state")
  }
  for function in program.functions {
    for (number, step) in function.steps.enumerated() {
      let found = ProgramVerifier(program, function).complaints(about: step)
      result += found.map { "step \(number + 1) of '\(function.name)': \($0)" }
    }
    for temporary in function.temporaries
    where temporary.offset < 0 || temporary.offset + temporary.array.bytes > program.arenaBytes {
      result.append("'\(temporary.array.name)' of '\(function.name)' is not within the arena")
    }
  }
  return result
}

/// What the steps of one function are checked against.
private struct ProgramVerifier {
  private let program: LoopProgram
  private let function: LoopFunction

  init(_ program: LoopProgram, _ function: LoopFunction) {
    self.program = program
    self.function = function
  }

  func complaints(about step: Step) -> [String] {
    switch step {
    case .call(let kernel, let operands):
      guard kernel.index < program.kernels.count else { return ["no kernel \(kernel.index)"] }
      return complaints(about: program.kernels[kernel], operands)
    case .copy(let from, let to):
      guard let a = array(from), let b = array(to) else { return ["an operand does not exist"] }
      // A copy may give the same elements another shape.
      if a.type != b.type || a.count != b.count { return ["'\(a.name)' and '\(b.name)' differ"] }
      return isReadOnly(to) ? ["'\(b.name)' is written, but only read"] : []
    case .probe(_, let operand): return array(operand) == nil ? ["the operand does not exist"] : []
    }
  }

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
      if isReadOnly(operand) { result.append("'\(array.name)' is written, but only read") }
      // A parameter that is written must not share memory with another one.
      for (m, other) in operands.enumerated() where m != n && overlap(operand, other) {
        // Of two that are written, the first tells.
        if m < n && kernel.parameters[m].access != .read { continue }
        result.append("'\(array.name)' is written, and shares memory with \(other)")
      }
    }
    return result
  }

  private func array(_ operand: Operand) -> ArrayDeclaration? {
    func element<T>(_ array: [T], _ n: Int) -> T? { array.indices.contains(n) ? array[n] : nil }
    return switch operand {
    case .state(let n): element(program.states, n)?.array
    case .input(let n): element(function.inputs, n)
    case .output(let n): element(function.outputs, n)
    case .temporary(let n): element(function.temporaries, n)?.array
    case .constant(let n): element(program.constants, n)?.array
    }
  }

  private func isReadOnly(_ operand: Operand) -> Bool {
    switch operand {
    case .input, .constant: true
    case .state, .output, .temporary: false
    }
  }

  private func overlap(_ a: Operand, _ b: Operand) -> Bool {
    guard case .temporary(let m) = a, case .temporary(let n) = b,
      function.temporaries.indices.contains(m), function.temporaries.indices.contains(n)
    else { return a == b }
    let (x, y) = (function.temporaries[m], function.temporaries[n])
    return x.offset < y.offset + y.array.bytes && y.offset < x.offset + x.array.bytes
  }
}
