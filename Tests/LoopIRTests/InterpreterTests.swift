import LoopIR
import TestSupport
import Testing

@Suite struct InterpreterTests {
  @Test func matrixProduct() {
    let x = (0..<24).map { Double($0 % 5) }
    let w = (0..<30).map { Double($0 % 3) - 1 }
    let result = LoopInterpreter.run(
      Kernels.linearRelu, [x, w, [1, 2, 3, 4, 5], Array(repeating: 0, count: 20)])
    for n in 0..<4 {
      for j in 0..<5 {
        let sum = (0..<6).reduce(Double(j + 1)) { $0 + x[n * 6 + $1] * w[j * 6 + $1] }
        #expect(result[3][n * 5 + j] == max(sum, 0))
      }
    }
  }

  @Test func storedNumbersAreRounded() {
    #expect(ElementType.f32.stored(0.1) == Double(Float(0.1)))
    #expect(ElementType.f16.stored(0.1) == 0.0999755859375)
    #expect(ElementType.f16.stored(65519) == 65504)
    #expect(ElementType.f16.stored(65520) == .infinity)
    #expect(ElementType.f16.stored(0x1p-24) == 0x1p-24)
    #expect(ElementType.f16.stored(0x1p-26) == 0)
    #expect(ElementType.bf16.stored(0.1) == 0.10009765625)
    #expect(ElementType.u8.stored(257) == 1)
    #expect(ElementType.i8.stored(200) == -56)
    #expect(ElementType.i32.stored(-2.9) == -2)
  }

  /// Known answers of the paper by Salmon et al.
  @Test func philox() {
    #expect(
      Philox.words([0, 0, 0, 0], key: (0, 0)) == [
        0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8,
      ]
    )
    let ones: UInt32 = 0xffff_ffff
    #expect(
      Philox.words([ones, ones, ones, ones], key: (ones, ones))
        == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
  }

  /// State changes, outputs appear, temporaries are forgotten.
  @Test func functionsOfAProgram() {
    let program = LoopProgram.tiny
    var states = program.states.map { Array(repeating: 0.0, count: $0.array.count) }
    states[4] = [0.5]
    _ = LoopInterpreter.run(program.functions[0], of: program, states: &states, inputs: [[7]])
    #expect(states[0] == Array(repeating: 1, count: 30))
    let x = Array(repeating: 1.0, count: 24)
    let outputs = LoopInterpreter.run(
      program.functions[1], of: program, states: &states, inputs: [x])
    #expect(outputs == [[36]])
    #expect(states[0] == Array(repeating: 0.5, count: 30))
    #expect(states[3] == [1])
  }

  /// Loops and branches among steps, against the same in Swift.
  @Test func loopsAndBranchesOfSteps() {
    func run(_ number: Int, _ inputs: [[Double]]) -> [[Double]] {
      var states: [[Double]] = [[0]]
      return LoopInterpreter.run(
        LoopProgram.walks.functions[number], of: .walks, states: &states, inputs: inputs)
    }
    let (first, xs) = ([1.0, 2, 4, 8], (0..<36).map { Double($0 % 7) })
    var (h, hs) = (first, [Double]())
    for t in 0..<9 {
      h = (0..<4).map { 0.5 * h[$0] + xs[4 * t + $0] * Double(t) }
      hs += h
    }
    var sum = first
    for t in (0..<9).reversed() { sum = (0..<4).map { 0.5 * sum[$0] + hs[4 * t + $0] } }
    #expect(run(0, [first, xs])[0] == hs)
    #expect(run(0, [first, xs])[1] == h)
    let found = run(0, [first, xs])[2]
    #expect(zip(found, sum).allSatisfy { ($0 - $1).magnitude < 1e-4 * $1.magnitude })

    #expect(run(1, [first, [100]]) == [[8, 16, 32, 64]])
    #expect(run(1, [first, [15]]) == [first])

    let rows = (0..<12).map { Double($0) }
    #expect(
      run(2, [[1, 0, 1], [1], rows]) == [
        [0, 2, 4, 6, -4, -5, -6, -7, 16, 18, 20, 22], [0, 0, 0, 0],
      ])
    #expect(run(2, [[0, 0, 0], [0], rows])[1] == [-8, -9, -10, -11])

    let ones = run(3, [Array(repeating: 1, count: 60)])
    #expect(ones == [Array(repeating: 1.9375, count: 12)])
  }
}
