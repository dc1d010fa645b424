import CBackend
import Foundation
import GraphIR
import LoopIR
import Passes
import Support
import TestSupport
import Testing

/// Sums of products from the graph to compiled C, compared with the evaluator of graphs.
@Suite struct ContractionTests {
  @Test(arguments: Toolchain.varied + [.sanitized])
  func compiled(_ toolchain: Toolchain) throws { try check(.f32, toolchain) }

  @Test func doublePrecision() throws { try check(.f64, .clang) }

  /// The loops, run by the interpreter.
  @Test func interpreted() throws {
    var program = GraphProgram(name: "contractions", source: "contractions.swift")
    program.functions = try Contractions.functions(.f32)
    let loops = lower(optimize(program))
    for (number, function) in program.functions.enumerated() {
      var states: [[Double]] = []
      let found = LoopInterpreter.run(
        loops.functions[number], of: loops, states: &states, inputs: Contractions.inputs(function))
      #expect(found == Contractions.expected[number], "\(Contractions.maps[number])")
    }
  }

  private func check(_ type: ElementType, _ toolchain: Toolchain) throws {
    var program = GraphProgram(name: "contractions", source: "contractions.swift")
    program.functions = try Contractions.functions(type)
    let loops = lower(optimize(program))
    #expect(complaints(about: loops) == [])
    var tiles = 0
    for kernel in loops.kernels.values {
      kernel.body.forEachStatement { if case .tile = $0 { tiles += 1 } }
    }
    #expect(tiles >= Contractions.maps.count - 4, "only \(tiles) kernels have tiles")
    try withTemporaryFolder { (folder) in
      let compiled = try CompiledProgram(loops, in: folder, with: toolchain)
      for (number, function) in program.functions.enumerated() {
        let inputs = Contractions.inputs(function)
        let found = try compiled.run(function.name, inputs)
        #expect(found == Contractions.expected[number], "\(Contractions.maps[number])")
      }
    }
  }
}
