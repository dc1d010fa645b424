import LoopIR
import Passes
import Support

extension LoopPass {
  /// Gives each temporary memory of its own.
  static let apart = LoopPass("apart", "share no memory") { program in
    for i in program.functions.indices {
      var end = 0
      program.functions[i].temporaries = program.functions[i].temporaries.map { temporary in
        defer { end += (temporary.array.bytes + 63) / 64 * 64 }
        return Temporary(temporary.array, offset: end, life: temporary.life)
      }
      program.arenaBytes = max(program.arenaBytes, end)
    }
  }

  /// Fills temporaries that nobody needs with what is no number: all at the beginning of a
  /// function, and each behind the step that it is needed in last, unless something that is still
  /// needed lies there as well.
  static let poison = LoopPass("poison", "spoil what is not needed") { program in
    for i in program.functions.indices {
      let function = program.functions[i]
      var poison = Poison(program, function)
      var steps = function.temporaries.indices.map { poison.fill($0) }
      steps += poison.spoiled(function.steps, from: 0, loop: 0)
      program = poison.program
      program.functions[i].steps = steps
    }
  }
}

private struct Poison {
  private(set) var program: LoopProgram
  private let function: LoopFunction

  init(_ program: LoopProgram, _ function: LoopFunction) {
    self.program = program
    self.function = function
  }

  /// - Parameter loop: what lives from before this step is needed in the next pass as well.
  mutating func spoiled(_ steps: [Step], from first: Int, loop: Int) -> [Step] {
    var result: [Step] = []
    var number = first
    for step in steps {
      let next = number + [step].flattened.count
      result.append(inside(step, number, next, loop))
      for (i, temporary) in function.temporaries.enumerated()
      where temporary.life.upperBound == next - 1 && temporary.life.lowerBound >= loop
        && !isShared(i, behind: next - 1)
      {
        result.append(fill(i))
      }
      number = next
    }
    return result
  }

  private mutating func inside(
    _ step: Step, _ number: Int, _ next: Int, _ loop: Int
  ) -> Step {
    switch step {
    case .call, .fill, .copy, .probe: return step
    case .loop(let variable, let body):
      return .loop(variable, spoiled(body, from: number + 1, loop: number + 1))
    case .whileLoop(let condition, let predicate, let body):
      return .whileLoop(
        condition: spoiled(condition, from: number, loop: number + 1), predicate: predicate,
        body: spoiled(body, from: next - body.flattened.count, loop: number + 1))
    case .branch(let predicate, let then, let otherwise):
      return .branch(
        predicate: predicate, then: spoiled(then, from: number + 1, loop: loop),
        otherwise: spoiled(otherwise, from: next - otherwise.flattened.count, loop: loop))
    }
  }

  // True iff something lies in the same memory that is needed before and after the end of a step.
  private func isShared(_ i: Int, behind step: Int) -> Bool {
    let own = function.temporaries[i]
    return function.temporaries.contains { other in
      other.life.lowerBound <= step && other.life.upperBound > step
        && other.offset < own.offset + own.array.bytes
        && own.offset < other.offset + other.array.bytes
    }
  }

  mutating func fill(_ i: Int) -> Step {
    let array = function.temporaries[i].array
    let buffer = Buffer(id: 0, name: "dead", type: array.type, shape: [array.count])
    let value =
      array.type.isFloat ? Literal(Double.nan, array.type) : Literal(Int64(1), array.type)
    let position = Variable(id: 0, name: "i", extent: array.count)
    let kernel = Kernel(
      name: "poison", parameters: [KernelParameter(buffer, .write)], definitions: [],
      body: [.loop(Loop(position, [.store(buffer, [Index(position)], .literal(value))]))],
      origins: [])
    return .call(program.kernels.append(kernel), [.temporary(i)])
  }
}
