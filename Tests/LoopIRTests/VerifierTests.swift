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
    #expect(complaints(i.loop(x.set(i, to: y[i]))) == ["'x' is stored to, but only read"])
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
        "step 1 of 'infer': 'x' is written, but only read",
        "step 2 of 'infer': an operand does not exist",
        "step 3 of 'infer': 'features.0.weight' is written, and shares memory with state 0",
      ])
  }
}
