import Foundation
import GraphIR
import LoopIR
import Passes
import Support
import TestSupport
import Testing

/// Compiles functions and compares what they return with the interpreter.
func checkFunctions(_ functions: [String], _ toolchain: Toolchain) throws {
  var text = "program \"functions\" from \"functions.swift\"\n"
  for (i, body) in functions.enumerated() { text += "function f\(i) {\n\(body)\n}\n" }
  let program = try parseProgram(text)
  #expect(verify(program) == [])
  let loops = lower(optimize(program))
  #expect(complaints(about: loops) == [])
  try withTemporaryFolder { folder in
    let compiled = try CompiledProgram(loops, in: folder, with: toolchain)
    for function in program.functions {
      let inputs = function.graph.inputs.enumerated().map { (i, id) in
        let type = function.graph[id].types[0]
        let values = sampleNumbers(type.shape.count, i)
        if type.element == .f16 { return Numbers(type, values.map { ($0 * 64).rounded() / 64 }) }
        if type.element.isFloat { return Numbers(type, values) }
        return Numbers(type, values.map { ($0 * 9).magnitude.rounded() })
      }
      let found = try compiled.run([function.name], inputs.map(\.values), threads: 1)
      let expected = interpret(function.graph, inputs: inputs)
      #expect(mismatch(found, expected) == nil, "\(function.name)")
    }
  }
}

/// Numbers between -1 and 1.
func sampleNumbers(_ count: Int, _ seed: Int) -> [Double] {
  (0..<count).map { Double(Float(($0 + seed) * 7919 % 2000 - 1000) / 1000) }
}
