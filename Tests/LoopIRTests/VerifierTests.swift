// swift-format-ignore-file: NeverForceUnwrap

import LoopIR
import TestSupport
import Testing

@Suite struct VerifierTests {
  private static let i = Variable(id: 0, name: "i", extent: 8)
  private static let x = Buffer(id: 1, name: "x", type: .f32, shape: [8])
  private static let y = Buffer(id: 2, name: "y", type: .f32, shape: [8])
  private static let sum = Local(id: 3, name: "sum", type: .f32)

  private func complaints(_ body: Statement...) -> [String] {
    LoopIR.complaints(
      about: Kernel(
        name: "k", parameters: [.init(Self.x, .read), .init(Self.y, .write)], definitions: [],
        body: body, origins: [])
    ).map { String($0.dropFirst("kernel 'k': ".count)) }
  }

  @Test func goodKernels() {
    for kernel in Kernels.all { #expect(LoopIR.complaints(about: kernel) == []) }
    #expect(LoopIR.complaints(about: LoopProgram.tiny) == [])
    #expect(LoopIR.complaints(about: LoopProgram.walks) == [])
  }

  @Test func namesAreDeclaredBeforeUse() {
    let (i, x, y, sum) = (Self.i, Self.x, Self.y, Self.sum)
    #expect(complaints(y.set(i, to: number(1))) == ["variable 'i' is used outside its loop"])
    #expect(
      complaints(i.loop(y.set(i, to: .local(sum)))) == ["local 'sum' is used before it is made"])
    #expect(
      complaints(i.loop(.variable(sum, x[i]), y.set(i, to: .local(sum))), .assign(sum, number(0)))
        == ["'sum' is assigned before it is made"])
  }

  @Test func typesAgree() {
    let (i, x, y) = (Self.i, Self.x, Self.y)
    #expect(
      complaints(i.loop(y.set(i, to: .cast(x[i], .f64))))
        == ["what is stored in 'y' is f64, not f32"])
    #expect(
      complaints(i.loop(y.set(i, to: x[i] + number(1, .f64))))
        == ["operand types of 'add' differ: f32 and f64"])
  }

  @Test func indicesLieWithinArrays() {
    let (i, x, y) = (Self.i, Self.x, Self.y)
    let next = x[Index(i) + 1]
    let outside = "axis 0 of 'x' has 8 elements, but is indexed with 1...8"
    #expect(complaints(i.loop(y.set(i, to: next))) == [outside])
    #expect(
      complaints(.fetch(x, [Index(1)], count: 8))
        == [outside.replacing("1...8", with: "8...8")])
    // Conditions are believed.
    let inside = Expression.within(Index(i) + 1, 0..<8)
    let chosen = Expression.apply(.select, [inside, next, number(0)])
    #expect(complaints(i.loop(y.set(i, to: chosen))) == [])
    #expect(
      complaints(i.loop(.when(inside, then: [y.set(i, to: next)], otherwise: []))) == [])
    #expect(
      complaints(i.loop(.when(inside, then: [], otherwise: [y.set(i, to: next)])))
        == [outside.replacing("1...8", with: "8...8")])
    // What is not before a place is behind it, as in a concatenation; and `7 - i` mirrors `i`.
    let second = x[Index(i) - 4]
    let half = Expression.within(Index(i), 0..<4)
    #expect(
      complaints(i.loop(y.set(i, to: .apply(.select, [half, x[i], second])))) == [])
    let mirrored = x[Index(3) - Index(i)]
    #expect(
      complaints(i.loop(y.set(i, to: .apply(.select, [half, mirrored, number(0)])))) == [])
  }

  @Test func writesGoWhereTheyMay() {
    let (i, x, y, sum) = (Self.i, Self.x, Self.y, Self.sum)
    #expect(complaints(i.loop(x.set(i, to: y[i]))) == ["'x' is read-only, but stored to"])
    #expect(
      complaints(
        .variable(sum, number(0)), i.parallel(.assign(sum, .local(sum) + x[i])),
        i.loop(y.set(i, to: .local(sum))))
        == ["'sum' is assigned, but is a constant or shared between threads"])
  }

  @Test func nothingIsMadeInVain() {
    #expect(complaints(.constant(Self.sum, number(0))) == ["'sum' is never read"])
  }

  @Test func stepsFitTheirKernels() {
    var program = LoopProgram.tiny
    program.functions[2].steps = [
      .call(KernelID(index: 1), [.output(0), .input(0)]), .copy(from: .output(0), to: .state(9)),
      .call(KernelID(index: 2), [.state(0), .state(0), .constant(0), .state(4), .state(3)]),
    ]
    program.arenaBytes = 100
    #expect(
      LoopIR.complaints(about: program) == [
        "'h1' of 'train_step' is not within the arena",
        "step 1 of 'infer': 'x' is f32[4, 6], but 'loss' of 'mean_square' f32[]",
        "step 1 of 'infer': 'x' is read-only, but is written",
        "step 2 of 'infer': an operand does not exist",
        "step 3 of 'infer': 'features.0.weight' is written, and shares memory with state 0",
      ])
  }

  /// Each line is a step of its own in front of which `t` counts to 9.
  @Test(arguments: [
    (
      "copy input 1[t + 1] to output 0[t]",
      "'xs' has 9 elements on its first axis, but is indexed with 1...9"
    ),
    ("copy input 1[t] to output 1[t]", "'xs' and 'last' differ"),
    ("copy input 1[t][t][t] to output 1[0]", "an operand does not exist"),
    ("copy input 1[t] to input 0", "'first' is read-only, but is written"),
    (
      "copy input 1 as [2, 4][0] to output 1",
      "'xs' does not have as many elements as the shape [2, 4]"
    ),
    (
      "call 1 fold(output 0[0], output 0 as [3, 3, 4][2][2])",
      "'hs' is written, and shares memory with output 0 as [3, 3, 4][2][2]"
    ),
    ("fill output 7 with f32 0.0", "the operand does not exist"),
    ("fill output 0[t] with i32 0", "'hs' is filled with i32"),
    ("fill input 0 with f32 0.0", "'first' is read-only, but is written"),
    (
      "copy temporary 0 named a[0] to temporary 0 becoming b[t % 2]",
      "'b' is copied to memory that it shares"
    ),
    ("copy i32[t] to i32[t]", "'index' is read-only, but is written"),
    ("copy i32[t] to i32[3000000000 * t]", "a position is not an i32"),
    ("copy output 0[t] to output 0[8 - t]", "'hs' is copied to memory that it shares"),
    ("copy temporary 0[t % 2] to temporary 0[t % 3 / 2]", "'h' is copied to memory that it shares"),
    ("for t#0 < 9 { }", "loops over 't' are nested"),
    ("if input 0[0] { }", "a condition is one bool, but 'first' is f32[]"),
    ("repeat { while input 7 }", "the condition does not exist"),
    (
      "call 1 fold(output 0[t], output 0[t])", "'hs' is written, and shares memory with output 0[t]"
    ),
    ("copy output 0[0..<4] to output 0[3..<7]", "'hs' is copied to memory that it shares"),
    ("copy output 0[1..<5] to output 0[2..<4]", "'hs' and 'hs' differ"),
    (
      "copy output 0[7..<9] to output 0[8..<10]",
      "'hs' has 9 elements on its first axis, not 8..<10"
    ),
    ("call 1 fold(output 0[t], i32[t])", "'index' is i32[], but 'x' of 'fold' f32[4]"),
  ])
  func stepsInLoops(_ step: String, _ complaint: String) throws {
    let found = try complaints(aboutStep: step)
    #expect(found.contains("step 2 of 'scan': \(complaint)"), "\(found)")
  }

  @Test(arguments: [
    "fill output 0[t] with f32 -1.5",
    "copy output 0[0] to output 0[8]", "copy temporary 0[t % 2] to temporary 0[(t + 1) % 2]",
    "copy temporary 0[t % 2] to temporary 0[1 - t % 2]", "if state 0 { }",
    "copy output 0[0..<4] to output 0[5..<9]", "copy output 0[0..<4][t / 3] to output 0[8]",
    "copy output 0[t / 3] to output 0[4..<9][t / 2]",
    "call 1 fold(output 0[t], input 1[8 - t])",
    "call 1 fold(output 0[t], input 1 as [3, 3, 4][2][0])",
    "call 1 fold(output 0 as [3, 3, 4][0][0], output 0 as [3, 3, 4][0][2])",
  ])
  func goodStepsInLoops(_ step: String) throws {
    #expect(try complaints(aboutStep: step) == [])
  }

  @Test func variablesStayInTheirLoops() {
    var program = LoopProgram.walks
    let t = Operand.element(.input(1), Index(Variable(id: 0, name: "t", extent: 9)))
    program.functions[0].steps.append(.copy(from: t, to: .output(1)))
    #expect(
      LoopIR.complaints(about: program) == [
        "step 9 of 'scan': variable 't' is used outside its loop"
      ])
  }

  @Test func functionsAreWhatTheirKindsSay() {
    var program = LoopProgram.tiny
    program.functions[0].kind = .trainStep
    program.functions[2].name = "eval_rest"
    #expect(
      LoopIR.complaints(about: program) == [
        "function 'train_step': there is another function 'as trainStep'",
        "function 'eval_rest': the name is reserved for the function 'as evaluationRest'",
      ])
    program = LoopProgram.tiny
    program.functions[2].kind = .prepare
    #expect(
      LoopIR.complaints(about: program) == [
        "function 'infer': a function 'as prepare' has neither inputs nor outputs"
      ])
  }

  private func complaints(aboutStep step: String) throws -> [String] {
    var lines = LoopPrinter.print(.walks).split(separator: "\n").map(String.init)
    let start = try #require(lines.firstIndex { $0.hasPrefix("function scan") })
    let end = try #require(lines[start...].firstIndex { $0.hasPrefix("function until") })
    lines.replaceSubrange(start + 3..<end, with: ["for t#0 < 9 { \(step) } }"])
    return LoopIR.complaints(about: try LoopParser.program(lines.joined(separator: "\n")))
  }

  @Test func blocksFitTheTile() {
    guard case .tile(var tile) = Kernels.product.body[0] else { return }
    var kernel = Kernels.product
    func complaints(_ change: (inout Tile.Blocks) -> Void) -> [String] {
      tile.blocks = Tile.Blocks()
      change(&tile.blocks)
      kernel.body = [.tile(tile)]
      return LoopIR.complaints(about: kernel).map {
        String($0.dropFirst("kernel 'product': ".count))
      }
    }
    #expect(complaints { $0.panels = 2 } == [])
    #expect(complaints { $0.panels = 3 } == ["3 panels of a tile share a copy; it has 2"])
    #expect(complaints { $0.lines = 2 } == [])
    #expect(complaints { $0.lines = 3 } == ["3 lines of a tile have more than 56 rows"])
    #expect(
      complaints { ($0.lines, $0.panels) = (2, 2) }
        == ["a tile of lines has two variables of rows, and no copies"])
  }

  @Test func transformsFitTheirMatrices() {
    var kernel = Kernels.transforms[0]
    guard case .transform(let transform) = kernel.body[2] else { return }
    func complaints(_ change: (inout Transform) -> Void) -> [String] {
      var changed = transform
      change(&changed)
      kernel.body[2] = .transform(changed)
      return LoopIR.complaints(about: kernel).map {
        String($0.dropFirst("kernel 'transform_image2': ".count))
      }
    }
    #expect(complaints { _ in } == [])
    #expect(complaints { $0.matrix = .sums2 } == ["'sums2' needs matrices of 2x2 in 'y'"])
    #expect(
      complaints { $0.source = $0.target }.contains("'image2' reads the array that it writes"))
    #expect(
      complaints { $0.target.element.indices.swapAt(0, 2) }.contains(
        "the lanes of 'image2' are not neighbours in 'y'"))
  }
}
