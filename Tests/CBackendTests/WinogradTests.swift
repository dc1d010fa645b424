import CBackend
import Foundation
import GraphIR
import LoopIR
import Passes
import Support
import TestSupport
import Testing

/// Convolutions with fewer products, compared with sums in `f64`.
@Suite struct WinogradTests {
  private static let cases = [
    // Few rows: threads share columns. One panel, whole panels, and some columns more.
    Convolution(height: 8, width: 8, channels: 64, filters: 32),
    Convolution(images: 2, height: 6, width: 10, channels: 33, filters: 60, isPadded: true),
    Convolution(
      height: 10, width: 4, channels: 32, filters: 64, isPadded: true, hasResidual: true),
    // Many rows: threads share them.
    Convolution(height: 24, width: 16, channels: 32, filters: 28, hasResidual: true),
  ]

  /// What stays as it is: lines of odd extents, few channels, few filters.
  private static let others = [
    Convolution(height: 7, width: 7, channels: 64, filters: 64, isPadded: true),
    Convolution(height: 8, width: 9, channels: 64, filters: 64),
    Convolution(height: 16, width: 16, channels: 3, filters: 64, isPadded: true),
    Convolution(height: 16, width: 16, channels: 64, filters: 8),
  ]

  // About as large as the rounding of a sum of a thousand products.
  private static let bound = 1e-6

  /// A small one, as the interpreter takes its time.
  @Test func interpreted() throws {
    let convolution = Convolution(
      height: 8, width: 8, channels: 32, filters: 60, isPadded: true, hasResidual: true)
    let loops = lower(optimize(try convolution.program()))
    #expect(complaints(about: loops) == [])
    let isTransformed = isTransformed(loops)
    #expect(isTransformed)
    let function = try #require(loops.functions.first { $0.name == "infer" })
    var states = convolution.parameters
    let found = LoopInterpreter.run(
      function, of: loops, states: &states, inputs: convolution.inputs)
    #expect(convolution.error(of: found[0]) < Self.bound)
  }

  @Test(arguments: cases) func compiled(_ convolution: Convolution) throws {
    let loops = lower(optimize(try convolution.program()))
    let isTransformed = isTransformed(loops)
    #expect(isTransformed)
    try check(loops, convolution, bound: Self.bound)
  }

  private static let large = [
    Convolution(height: 12, width: 8, channels: 64, filters: 60, isPadded: true),
    Convolution(images: 2, height: 48, width: 16, channels: 32, filters: 64, hasResidual: true),
  ]

  // Larger numbers cancel in larger matrices.
  private static let largeBound = 1e-5

  /// 4x4 results at a time, if that is asked for.
  @Test(arguments: large) func fourAtATime(_ convolution: Convolution) throws {
    let loops = lower(
      optimize(try convolution.program()), options: LoweringOptions(winograd: .four))
    let takesFour = loops.kernels.values.contains { kernel in
      kernel.parameters.contains { $0.access == .scratch && $0.buffer.shape[1...2] == [6, 6] }
    }
    #expect(takesFour)
    try check(loops, convolution, bound: Self.largeBound)
  }

  /// Lines that are no multiple of 4 are taken by 2 then.
  @Test func otherwiseTwo() throws {
    let convolution = Convolution(height: 10, width: 12, channels: 64, filters: 64)
    let two = lower(optimize(try convolution.program()))
    let four = lower(optimize(try convolution.program()), options: LoweringOptions(winograd: .four))
    #expect(isTransformed(four) && LoopPrinter.print(two) == LoopPrinter.print(four))
  }

  @Test(arguments: others) func untouched(_ convolution: Convolution) throws {
    let isTransformed = isTransformed(lower(optimize(try convolution.program())))
    #expect(!isTransformed)
  }

  @Test func canBeLeftOut() throws {
    let program = optimize(try Self.cases[0].program())
    let isTransformed = isTransformed(lower(program, options: LoweringOptions(winograd: .off)))
    #expect(!isTransformed)
  }

  /// While parameters change, transforming them would cost more than it saves.
  @Test func trainingIsUntouched() throws {
    var program = try Self.cases[0].program()
    let function = program.functions[1]
    program.functions[1] = GraphFunction(
      name: "eval_step", kind: .evaluationStep, graph: function.graph, results: function.results)
    let isTransformed = isTransformed(lower(optimize(program)))
    #expect(!isTransformed)
  }

  @Test func emitted() throws {
    let convolution = Convolution(height: 24, width: 4, channels: 32, filters: 64, isPadded: true)
    let loops = lower(optimize(try convolution.program()))
    let files = try emitC(loops, templates: templates())
    let text = try #require(files["test.c"])
    // The kernels without the tables behind them.
    let kernels = text.components(separatedBy: "// ---- The model ----")[0]
    try checkGolden("winograd.c", in: "c", kernels)
  }

  // Right for each compiler, and the same for any number of threads.
  private func check(_ loops: LoopProgram, _ convolution: Convolution, bound: Double) throws {
    let numbers = convolution.parameters + convolution.inputs
    for toolchain in Toolchain.users {
      try withTemporaryFolder { (folder) in
        let program = try CompiledProgram(loops, in: folder, with: toolchain)
        let found = try program.run(["set", "infer"], numbers, threads: 1)
        #expect(convolution.error(of: found[0]) < bound, "\(toolchain)")
        #expect(try program.run(["set", "infer"], numbers, threads: 3) == found)
      }
    }
  }

  private func isTransformed(_ loops: LoopProgram) -> Bool {
    loops.kernels.values.contains { $0.parameters.contains { $0.access == .scratch } }
  }
}
