// swift-format-ignore-file: NeverForceUnwrap

import LoopIR
import Passes
import Support
import TestSupport
import Testing

/// Between which steps a temporary must keep what is in it.
@Suite struct LivesTests {
  @Test(arguments: [
    ("call 0 make(temporary 0) call 1 use(temporary 0)", 0...1),
    // Each pass makes its own.
    ("for t#0 < 3 { call 0 make(temporary 0) call 1 use(temporary 0) }", 1...2),
    // A pass finds what the last one left.
    ("for t#0 < 3 { call 1 use(temporary 0) call 0 make(temporary 0) }", 0...2),
    ("for t#0 < 3 { probe \"a\" state 0 call 2 change(temporary 0) probe \"b\" state 0 }", 0...3),
    // Made before, read in each pass; made in the last pass, read behind.
    ("call 0 make(temporary 0) for t#0 < 3 { call 1 use(temporary 0) probe \"a\" state 0 }", 0...3),
    ("for t#0 < 3 { probe \"a\" state 0 call 0 make(temporary 0) } call 1 use(temporary 0)", 0...3),
    // The whole inner loop, and no more of the outer one than must be.
    (
      """
      for s#0 < 3 { probe "a" state 0 call 0 make(temporary 0)
        for t#1 < 3 { probe "b" state 0 call 2 change(temporary 0) probe "c" state 0 }
        probe "d" state 0 }
      """, 2...6
    ),
    (
      """
      for s#0 < 3 { probe "a" state 0
        for t#1 < 3 { probe "b" state 0 call 2 change(temporary 0) }
        probe "d" state 0 }
      """, 0...5
    ),
    (
      """
      for s#0 < 3 { probe "a" state 0
        for t#1 < 3 { call 0 make(temporary 0) call 1 use(temporary 0) } }
      """, 3...4
    ),
    // Behind the loop that writes each part, the whole is written; one part is not.
    (
      """
      for s#0 < 3 { probe "a" state 0
        for t#1 < 4 { call 3 part(temporary 0[3 - t]) probe "b" state 0 }
        call 1 use(temporary 0) }
      """, 2...5
    ),
    (
      """
      for s#0 < 3 { probe "a" state 0
        for t#1 < 3 { call 3 part(temporary 0[t]) } call 1 use(temporary 0) }
      """, 0...4
    ),
    ("for t#0 < 4 { call 3 part(temporary 0[t]) probe \"a\" temporary 0[t] }", 1...2),
    // A condition is part of its loop; its body may not run.
    ("repeat { call 0 make(temporary 0) while state 0 call 1 use(temporary 0) }", 0...2),
    ("repeat { probe \"a\" temporary 0 while state 0 call 0 make(temporary 0) }", 0...2),
    (
      """
      for t#0 < 3 { probe "a" state 0
        repeat { while state 0 call 0 make(temporary 0) } call 1 use(temporary 0) }
      """, 0...4
    ),
    // Both arms write, or only one.
    (
      """
      for t#0 < 3 { probe "a" state 0
        if state 0 { call 0 make(temporary 0) } else { call 0 make(temporary 0) }
        call 1 use(temporary 0) }
      """, 3...5
    ),
    (
      """
      for t#0 < 3 { probe "a" state 0
        if state 0 { call 0 make(temporary 0) }
        call 1 use(temporary 0) }
      """, 0...4
    ),
  ])
  func byHand(_ steps: String, _ expected: ClosedRange<Int>) throws {
    let program = try LoopParser.program(
      """
      program p from "p" arena 0 at least 0
      kernel make(write y#0: f32[4]) { }
      kernel use(read x#0: f32[4]) { }
      kernel change(readWrite x#0: f32[4]) { }
      kernel part(write y#0: f32[]) { }
      function f() -> () { summary "" temporary a: f32[4] at 0 in 0...0
      \(steps) }
      """)
    #expect(lives(in: program.functions[0], of: program) == [expected])
  }

  /// Whatever is overwritten outside its life, no step misses it.
  @Test(arguments: 0..<2000)
  func randomSteps(seed: Int) {
    var random = RandomSource(seed: UInt64(seed))
    var program = LoopProgram.running(
      [.touching(.write), .touching(.read), .touching(.readWrite)], name: "p")
    let array = ArrayDeclaration(name: "a", type: .f32, shape: [3])
    var steps = randomSteps(variables: [], depth: 0, &random)
    let used = Set(steps.flattened.flatMap(\.operands).map(\.base))
    for unused in (0..<3).map(Operand.temporary) where !used.contains(unused) {
      steps.append(.probe("", unused))
    }
    let function = LoopFunction(
      name: "f", inputs: [], outputs: [],
      temporaries: [Temporary](repeating: Temporary(array, offset: 0, life: 0...0), count: 3),
      steps: steps, summary: "")
    program.functions = [function]
    var run = ForgetfulRun(program, lives(in: function, of: program), random)
    run.run(steps, from: 0)
    #expect(run.missed == [], "seed \(seed):\n\(LoopPrinter.print(program))")
  }

  private func randomSteps(
    variables: [Variable], depth: Int, _ random: inout RandomSource
  ) -> [Step] {
    func operand(_ random: inout RandomSource) -> Operand {
      let whole = Operand.temporary(Int.random(in: 0..<3, using: &random))
      guard let t = variables.randomElement(using: &random) else { return whole }
      switch Int.random(in: 0..<6, using: &random) {
      case 0: return .element(whole, Index(t))
      case 1: return .element(whole, Index(2) - Index(t))
      case 2: return .element(whole, Index(t).divided(by: 2).remainder)
      default: return whole
      }
    }
    func block(_ random: inout RandomSource, _ variables: [Variable]) -> [Step] {
      randomSteps(variables: variables, depth: depth + 1, &random)
    }
    return (0..<Int.random(in: 0...4, using: &random)).map { _ in
      switch Int.random(in: 0..<(depth < 3 ? 10 : 6), using: &random) {
      case 6, 7:
        let t = Variable(id: depth, name: "t", extent: 3)
        return .loop(t, block(&random, variables + [t]))
      case 8:
        return .whileLoop(
          condition: block(&random, variables), predicate: operand(&random),
          body: block(&random, variables))
      case 9:
        return .branch(
          predicate: operand(&random), then: block(&random, variables),
          otherwise: block(&random, variables))
      case let kind:
        return .call(KernelID(index: kind % 3), [operand(&random)])
      }
    }
  }
}

extension Kernel {
  fileprivate static func touching(_ access: KernelParameter.Access) -> Kernel {
    Kernel(
      name: "touch",
      parameters: [.init(Buffer(id: 0, name: "x", type: .f32, shape: [3]), access)],
      definitions: [], body: [], origins: [])
  }
}

/// Runs steps as if each temporary were overwritten at each step outside its life.
private struct ForgetfulRun {
  private let program: LoopProgram
  private let lives: [ClosedRange<Int>]
  private var random: RandomSource
  private var variables: [Variable: Int] = [:]
  // What each element of each temporary is.
  private enum Cell { case unwritten, written, lost }
  private var cells = [[Cell]](repeating: Array(repeating: .unwritten, count: 3), count: 3)
  /// The steps that read what was lost.
  private(set) var missed: [Int] = []

  init(_ program: LoopProgram, _ lives: [ClosedRange<Int>], _ random: RandomSource) {
    self.program = program
    self.lives = lives
    self.random = random
  }

  mutating func run(_ steps: [Step], from first: Int) {
    var number = first
    for step in steps {
      run(step, number)
      number += [step].flattened.count
    }
  }

  private mutating func run(_ step: Step, _ number: Int) {
    switch step {
    case .call(let kernel, let operands):
      pass(number)
      let access = program.kernels[kernel].parameters[0].access
      if access != .write { read(operands[0], number) }
      if access != .read { write(operands[0]) }
    case .fill, .copy, .probe: pass(number)
    case .loop(let variable, let body):
      pass(number)
      for value in 0..<variable.extent {
        variables[variable] = value
        run(body, from: number + 1)
      }
    case .whileLoop(let condition, let predicate, let body):
      let middle = number + condition.flattened.count
      for count in (0...Int.random(in: 0...2, using: &random)).reversed() {
        run(condition, from: number)
        pass(middle)
        read(predicate, middle)
        if count > 0 { run(body, from: middle + 1) }
      }
    case .branch(let predicate, let then, let otherwise):
      pass(number)
      read(predicate, number)
      if Bool.random(using: &random) {
        run(then, from: number + 1)
      } else {
        run(otherwise, from: number + 1 + then.flattened.count)
      }
    }
  }

  // What was never written cannot be lost.
  private mutating func pass(_ number: Int) {
    for i in lives.indices where !lives[i].contains(number) {
      for j in 0..<3 where cells[i][j] == .written { cells[i][j] = .lost }
    }
  }

  private mutating func read(_ operand: Operand, _ number: Int) {
    let (i, range) = place(operand)
    if cells[i][range].contains(.lost) { missed.append(number) }
  }

  private mutating func write(_ operand: Operand) {
    let (i, range) = place(operand)
    for j in range { cells[i][j] = .written }
  }

  private func place(_ operand: Operand) -> (temporary: Int, elements: Range<Int>) {
    guard case .temporary(let i) = operand.base else { preconditionFailure("\(operand)") }
    guard let index = operand.path.first else { return (i, 0..<3) }
    let value = index.substituting { variables[$0].map { Index($0) } }.asConstant!
    return (i, value..<(value + 1))
  }
}
