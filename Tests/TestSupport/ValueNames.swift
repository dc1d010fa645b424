package import LoopIR
internal import Support

/// Returns where the steps of a program call an array otherwise than the value that it holds;
/// nothing if names are true.
///
/// Follows values through steps: what is read has the name under which it was written last. What
/// kernels that are called once call their parameters is compared as well, but not by one that has
/// left a loop: in there the array had another name.
package func nameComplaints(_ program: LoopProgram, hasLoops: Bool = false) -> [String] {
  let calls = program.functions.flatMap(\.steps.flattened).compactMap { step -> KernelID? in
    if case .call(let kernel, _) = step { kernel } else { nil }
  }
  let counts = calls.reduce(into: [KernelID: Int]()) { $0[$1, default: 0] += 1 }
  return program.functions.flatMap { function in
    let once = hasLoops ? [] : Set(counts.filter { $1 == 1 }.keys)
    var names = HeldNames(program, function, calledOnce: once)
    names.run(function.steps, isOutermost: true)
    return names.complaints
  }
}

/// What each array of a function holds, by name.
private struct HeldNames {
  private let program: LoopProgram
  private let function: LoopFunction
  private let calledOnce: Set<KernelID>
  private var held: [Operand: String] = [:]
  private(set) var complaints: [String] = []

  init(_ program: LoopProgram, _ function: LoopFunction, calledOnce: Set<KernelID>) {
    self.program = program
    self.function = function
    self.calledOnce = calledOnce
  }

  mutating func run(_ steps: [Step], isOutermost: Bool = false) {
    for step in steps { run(step, isOutermost) }
  }

  private mutating func run(_ step: Step, _ isOutermost: Bool) {
    switch step {
    case .call(let kernel, let operands):
      let arguments = Array(zip(operands, program.kernels[kernel].parameters))
      for (operand, parameter) in arguments where parameter.access.readsOldValue {
        read(operand, by: program.kernels[kernel].name)
      }
      for (operand, parameter) in arguments where parameter.access != .read { write(operand) }
      if isOutermost, calledOnce.contains(kernel) {
        for (operand, parameter) in arguments { compare(operand, parameter) }
      }
    case .fill(_, let to): write(to)
    case .copy(let from, let to):
      read(from, by: "a copy")
      write(to)
    case .probe(let name, let operand): read(operand, by: name)
    // What a loop changes has a name inside and afterwards that the first pass does not know.
    case .loop(_, let body): inside([body])
    case .whileLoop(let condition, let predicate, let body):
      inside([condition + [.probe("while", predicate)] + body])
    case .branch(let predicate, let then, let otherwise):
      read(predicate, by: "if")
      inside([then, otherwise])
    }
  }

  private mutating func inside(_ bodies: [[Step]]) {
    for body in bodies {
      forget(body)
      run(body)
    }
    for body in bodies { forget(body) }
  }

  private mutating func forget(_ steps: [Step]) {
    for operand in steps.flattened.flatMap(\.operands) { held[operand.base] = nil }
  }

  private mutating func read(_ operand: Operand, by reader: String) {
    guard let name = name(of: operand) else { return }
    if let known = held[operand.base], known != name {
      complaints.append(
        "'\(reader)' in '\(function.name)' reads '\(known)' under the name '\(name)'")
    }
    held[operand.base] = name
  }

  private mutating func write(_ operand: Operand) {
    if case .becoming(_, let name) = operand {
      held[operand.base] = name
    } else {
      held[operand.base] = name(of: operand)
    }
  }

  // What a kernel calls an array is what its only caller calls it.
  private mutating func compare(_ operand: Operand, _ parameter: KernelParameter) {
    guard case .temporary = operand.base, let name = name(of: operand) else { return }
    var next: String?
    if case .becoming(_, let own) = operand { next = own }
    if name != parameter.buffer.name || next != parameter.becoming {
      complaints.append(
        "'\(function.name)' passes '\(name)', then '\(next ?? name)', as "
          + "'\(parameter.buffer.name)', then '\(parameter.becoming ?? parameter.buffer.name)'")
    }
  }

  // What a whole array in an arena is called; nil for all else.
  private func name(of operand: Operand) -> String? {
    switch operand {
    case .named(_, let name): name
    case .becoming(let whole, _), .shaped(let whole, _): self.name(of: whole)
    case .temporary(let i): function.temporaries[i].array.name
    case .output(let i): function.outputs[i].name
    case .state, .input, .constant, .element, .part, .index: nil
    }
  }
}

/// Returns the arrays of which two kernels call one axis by two of the names that images have: `y`
/// in one comment and `x` in the next.
package func axisComplaints(_ program: LoopProgram) -> [String] {
  var result: [String] = []
  // The axes of volumes are `a b c d e`, so a channel may be `c` or `b`.
  if program.kernels.values.contains(where: { $0.variables.contains("e") }) { return [] }
  for function in program.functions {
    var known: [Operand: [Int: String]] = [:]
    for case .call(let id, let operands) in function.steps.flattened {
      let kernel = program.kernels[id]
      for (operand, parameter) in zip(operands, kernel.parameters) {
        // Only of four axes are these the names of images.
        let shape = parameter.buffer.shape
        guard shape.count == 4, program.array(operand, in: function)?.shape == shape else {
          continue
        }
        for (axis, name) in kernel.axisNames(of: parameter.buffer) {
          if let other = known[operand.base]?[axis], other != name {
            result.append(
              "axis \(axis) of '\(parameter.buffer.name)' in '\(kernel.name)' of "
                + "'\(function.name)' is '\(name)', and was '\(other)'")
          }
          known[operand.base, default: [:]][axis] = name
        }
      }
    }
  }
  return result
}

extension LoopProgram {
  /// The program with one name for all values of an array, as a lie.
  package var withoutValueNames: LoopProgram {
    var result = self
    for i in functions.indices {
      result.functions[i].steps = functions[i].steps.map { step in
        guard case .call(let kernel, let operands) = step else { return step }
        return .call(kernel, operands.map(\.unnamed))
      }
    }
    return result
  }

  /// The program with axes of a kernel that are called otherwise, as a lie.
  package func renamingAxes(of name: String, _ names: [String: String]) -> LoopProgram {
    func renamed(_ variable: Variable) -> Index? {
      names[variable.name].map {
        Index(Variable(id: variable.id, name: $0, extent: variable.extent))
      }
    }
    var result = self
    for id in kernels.ids where kernels[id].name == name {
      result.kernels[id].definitions = kernels[id].definitions.map { definition in
        let value = definition.value.substituting(renamed)
        guard case .buffer(let buffer, let indices) = definition.target else {
          return Definition(definition.target, value)
        }
        return Definition(.buffer(buffer, indices.map { $0.substituting(renamed) }), value)
      }
    }
    return result
  }
}

extension Kernel {
  // The names of the variables of definitions.
  fileprivate var variables: Set<String> {
    var result: Set<String> = []
    for definition in definitions {
      if case .buffer(_, let indices) = definition.target {
        result.formUnion(indices.flatMap(\.variables).map(\.name))
      }
      definition.value.forEach { result.formUnion($0.indices.flatMap(\.variables).map(\.name)) }
    }
    return result
  }

  // The axes of an array that definitions read or write by one variable of an image.
  fileprivate func axisNames(of buffer: Buffer) -> [(axis: Int, name: String)] {
    var result: [(axis: Int, name: String)] = []
    func note(_ indices: [Index]) {
      for (axis, index) in indices.enumerated() {
        guard let variable = (index - index.constant).asVariable,
          ["n", "c", "y", "x"].contains(variable.name)
        else { continue }
        result.append((axis, variable.name))
      }
    }
    for definition in definitions {
      if case .buffer(buffer, let indices) = definition.target { note(indices) }
      definition.value.forEach { if case .load(buffer, let indices) = $0 { note(indices) } }
    }
    return result
  }
}
