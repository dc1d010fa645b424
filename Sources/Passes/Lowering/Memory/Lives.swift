package import LoopIR
internal import Support

/// Returns the live range of each temporary of a function.
///
/// That is from the first step that touches it to the last, and all of a loop that it outlives:
///
///     for t < 9 {             (0)
///       call f(write a)       (1)
///       call g(read a, ...)   (2)   a: 1...2, as each iteration makes its own
///       call h(readWrite b)   (3)   b: 0...4, as an iteration reads what the last one left
///     }
///     call k(read c, read b)  (4)
package func lives(in function: LoopFunction, of program: LoopProgram) -> [ClosedRange<Int>] {
  var touched = [ClosedRange<Int>?](repeating: nil, count: function.temporaries.count)
  for (number, step) in function.steps.flattened.enumerated() {
    for case .temporary(let i) in step.operands.map(\.base) {
      touched[i] = (touched[i]?.lowerBound ?? number)...number
    }
  }
  var lives = touched
  for loop in loops(in: function.steps, from: 0) {
    var pass = OnePass(function, program)
    pass.run(loop.step)
    for (i, touched) in touched.enumerated() {
      guard let touched, let life = lives[i], touched.overlaps(loop.numbers) else { continue }
      let isOwn = touched.clamped(to: loop.numbers) == touched
      if isOwn && !pass.early.contains(i) { continue }
      let first = min(life.lowerBound, loop.numbers.lowerBound)
      lives[i] = first...max(life.upperBound, loop.numbers.upperBound)
    }
  }
  return lives.enumerated().map { (i, life) in
    guard let life else {
      preconditionFailure("temporary \(i) is never used in\n\(LoopPrinter.print(program))")
    }
    return life
  }
}

// The loops at every depth, and the numbers of each and of the steps inside.
private func loops(
  in steps: [Step], from first: Int
) -> [(step: Step, numbers: ClosedRange<Int>)] {
  var result: [(step: Step, numbers: ClosedRange<Int>)] = []
  var number = first
  for step in steps {
    let next = number + [step].flattened.count
    switch step {
    case .call, .fill, .copy, .probe: break
    case .loop(_, let body):
      result.append((step, number...(next - 1)))
      result += loops(in: body, from: number + 1)
    case .whileLoop(let condition, _, let body):
      result.append((step, number...(next - 1)))
      result += loops(in: condition, from: number)
      result += loops(in: body, from: next - body.flattened.count)
    case .branch(_, let then, let otherwise):
      result += loops(in: then, from: number + 1)
      result += loops(in: otherwise, from: next - otherwise.flattened.count)
    }
    number = next
  }
  return result
}

/// The temporaries that are read in the first iteration, and those that are certainly written
/// before.
private struct OnePass {
  private let function: LoopFunction
  private let program: LoopProgram
  private var written: Set<Operand> = []
  /// The temporaries that are read where they may not have been written.
  private(set) var early: Set<Int> = []

  init(_ function: LoopFunction, _ program: LoopProgram) {
    self.function = function
    self.program = program
  }

  mutating func run(_ step: Step) {
    switch step {
    case .call(let kernel, let operands):
      let arguments = zip(operands, program.kernels[kernel].parameters)
      for (operand, parameter) in arguments where parameter.access.readsOldValue {
        read(operand)
      }
      for (operand, parameter) in arguments where parameter.access != .read { write(operand) }
    case .fill(_, let to): write(to)
    case .copy(let from, let to):
      read(from)
      write(to)
    case .probe(_, let operand): read(operand)
    case .loop(let variable, let body):
      run(body)
      leave(variable)
    case .whileLoop(let condition, let predicate, let body):
      run(condition)
      read(predicate)
      // The body may not run.
      let before = written
      run(body)
      written = before
    case .branch(let predicate, let then, let otherwise):
      read(predicate)
      let before = written
      run(then)
      let afterThen = written
      written = before
      run(otherwise)
      written.formIntersection(afterThen)
    }
  }

  private mutating func run(_ steps: [Step]) {
    for step in steps { run(step) }
  }

  private mutating func read(_ operand: Operand) {
    guard case .temporary(let i) = operand.base else { return }
    var part = operand.unnamed
    while !written.contains(part) {
      guard let whole = part.whole else {
        early.insert(i)
        return
      }
      part = whole
    }
  }

  private mutating func write(_ operand: Operand) {
    guard case .temporary = operand.base else { return }
    let operand = operand.unnamed
    written.insert(operand)
    switch operand {
    case .element(let whole, _) where extent(whole) == 1: write(whole)
    case .part(let whole, let range) where range == 0..<extent(whole): write(whole)
    case .shaped(let whole, _): write(whole)
    default: break
    }
  }

  // After a loop over `t` that writes each x[t], all of x is written.
  private mutating func leave(_ variable: Variable) {
    for operand in written where operand.uses(variable) {
      written.remove(operand)
      guard case .element(let whole, let index) = operand, !whole.uses(variable),
        index.terms.count == 1, index.coefficient(of: variable)?.magnitude == 1,
        index.range == 0...(extent(whole) - 1)
      else { continue }
      write(whole)
    }
  }

  private func extent(_ operand: Operand) -> Int {
    program.array(operand, in: function)?.shape.first ?? 1
  }
}
