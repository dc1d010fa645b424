internal import Support

extension LoopInterpreter {
  /// Runs a function of `program` on the arrays of all states and returns its outputs.
  ///
  /// Temporaries begin as NaN, and none shares memory with another.
  package static func run(
    _ function: LoopFunction, of program: LoopProgram, states: inout [[Double]],
    inputs: [[Double]]
  ) -> [[Double]] {
    var arrays: [Operand: [Double]] = [:]
    for (n, state) in states.enumerated() { arrays[.state(n)] = state }
    for (n, input) in inputs.enumerated() { arrays[.input(n)] = input }
    for (n, constant) in program.constants.enumerated() {
      arrays[.constant(n)] = constant.values.map { $0.type.stored($0.double) }
    }
    for (n, temporary) in function.temporaries.enumerated() {
      arrays[.temporary(n)] = Array(repeating: .nan, count: temporary.array.count)
    }
    for (n, output) in function.outputs.enumerated() {
      arrays[.output(n)] = Array(repeating: .nan, count: output.count)
    }
    // Derived states need not be given: they are computed each time.
    for (n, state) in program.states.enumerated() where state.role == .derived {
      arrays[.state(n)] = Array(repeating: .nan, count: state.array.count)
    }
    var interpreter = StepInterpreter(program: program, function: function, arrays: arrays)
    if program.needsPreparation(function), let preparation = program.preparation {
      interpreter.run(preparation.steps)
    }
    interpreter.run(function.steps)
    for n in states.indices { states[n] = interpreter.read(.state(n)) }
    return function.outputs.indices.map { interpreter.read(.output($0)) }
  }
}

/// Runs the steps of one function.
private struct StepInterpreter {
  let program: LoopProgram
  let function: LoopFunction
  /// The elements of whole arrays.
  var arrays: [Operand: [Double]]
  /// The values of the variables of enclosing loops.
  private var positions = LoopInterpreter()

  init(program: LoopProgram, function: LoopFunction, arrays: [Operand: [Double]]) {
    self.program = program
    self.function = function
    self.arrays = arrays
  }

  mutating func run(_ steps: [Step]) {
    for step in steps { run(step) }
  }

  // Runs one step on the arrays of the function.
  private mutating func run(_ step: Step) {
    switch step {
    case .call(let id, let operands):
      let kernel = program.kernels[id]
      let results = LoopInterpreter.run(kernel, operands.map { read($0) })
      for (n, parameter) in kernel.parameters.enumerated() where parameter.access != .read {
        write(results[n], to: operands[n])
      }
    case .fill(let value, let to):
      let number = value.type.stored(value.double)
      write(place(to).map { _ in number }, to: to)
    case .copy(let from, let to): write(read(from), to: to)
    case .probe: break
    case .loop(let variable, let body):
      for value in 0..<variable.extent {
        positions.variables[variable.id] = value
        run(body)
      }
    case .whileLoop(let condition, let predicate, let body):
      run(condition)
      while isTrue(predicate) {
        run(body)
        run(condition)
      }
    case .branch(let predicate, let then, let otherwise):
      run(isTrue(predicate) ? then : otherwise)
    }
  }

  private func isTrue(_ predicate: Operand) -> Bool { read(predicate) != [0] }

  func read(_ operand: Operand) -> [Double] {
    if case .index(let index) = operand { return [Double(positions.value(index))] }
    return Array((arrays[operand.base] ?? [])[place(operand)])
  }

  private mutating func write(_ elements: [Double], to operand: Operand) {
    let place = place(operand)
    precondition(elements.count == place.count, "\(operand) has \(place.count) elements")
    arrays[operand.base]?.replaceSubrange(place, with: elements)
  }

  // Where the elements of an operand lie in its base.
  private func place(_ operand: Operand) -> Range<Int> {
    switch operand {
    case .shaped(let whole, _), .named(let whole, _), .becoming(let whole, _): return place(whole)
    default: break
    }
    let (whole, part): (Operand, Range<Int>)
    switch operand {
    case .element(let array, let index):
      let position = positions.value(index)
      (whole, part) = (array, position..<(position + 1))
    case .part(let array, let range): (whole, part) = (array, range)
    default: return 0..<(arrays[operand]?.count ?? 0)
    }
    let outer = place(whole)
    let extent = program.array(whole, in: function)?.shape.first ?? 0
    precondition(
      part.lowerBound >= 0 && part.upperBound <= extent, "\(whole) is indexed with \(part)")
    let count = outer.count / extent
    let start = outer.lowerBound + part.lowerBound * count
    return start..<(start + part.count * count)
  }
}
