import Foundation
import GraphIR
import LoopIR
import Support
import TestSupport
import Testing

/// The text of a program and the program are the same thing.
@Suite struct GraphTextTests {
  @Test(arguments: SamplePrograms.all.indices)
  func parsingWhatWasPrintedGivesAnEqualProgram(number: Int) throws {
    let (name, program) = SamplePrograms.all[number]
    let text = printProgram(program)
    let parsed = try parseProgram(text)
    #expect(parsed == program, "\(name)")
    #expect(printProgram(parsed) == text)
    #expect(verify(parsed) == [])
  }

  @Test func samplesHoldEveryOperation() {
    var words: Set<String> = []
    for function in SamplePrograms.operations.functions {
      words.formUnion(function.graph.nodes.values.map { type(of: $0.op).word })
    }
    #expect(words == Set(OperationList.all.map { $0.word }))
  }

  @Test(arguments: [("operations", SamplePrograms.operations), ("names", SamplePrograms.names)])
  func samplesPrintAsExpected(name: String, program: GraphProgram) throws {
    try checkGolden("\(name).gir", in: "graph", printProgram(program))
  }

  /// `dense.text.gir` is written as a person might; the golden is what the printer makes of it.
  @Test func textIsNormalised() throws {
    let program = try dense()
    #expect(verify(program) == [])
    let text = printProgram(program)
    #expect(try parseProgram(text) == program)
    try checkGolden("dense.gir", in: "graph", text)
  }

  @Test func drawingsHaveReadableLabels() throws {
    try checkGolden("dense.dot", in: "graph", printDot(dense().functions[0]))
  }

  @Test func aGraphAlonePrintsWithoutItsProgram() throws {
    try checkGolden("dense-graph.gir", in: "graph", printGraph(dense().functions[0].graph))
  }

  /// The documentation shows what the parser reads.
  @Test func theExampleInTheDocumentationIsWellFormed() throws {
    let file = repository.appending(path: "docs/ir.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    let blocks = text.split(separator: "```\n").filter { $0.hasPrefix("program \"") }
    #expect(!blocks.isEmpty)
    for block in blocks { #expect(verify(try parseProgram(String(block))) == []) }
  }

  private func dense() throws -> GraphProgram {
    let file = repository.appending(path: "Tests/Golden/graph/dense.text.gir")
    return try parseProgram(String(contentsOf: file, encoding: .utf8))
  }
}
