import GraphIR
import GraphKit
import Support
import Testing

/// Builds models in a session of their own and returns what there is to say about them.
func report(
  _ file: String = #filePath, given: [String] = [], _ body: () -> Void
) -> Report {
  let session = Session(modelFile: file, given: given, nested: true)
  return Session.$replacement.withValue(session) {
    body()
    return session.report()
  }
}

/// Builds one model without mistakes and returns its program, which is well-formed. Places in the
/// source are looked up, which takes a while, only if a file is named.
func program(
  places file: String = "", given: [String] = [], _ body: () -> Void
) throws -> GraphProgram {
  let report = report(file, given: given, body)
  #expect(report.diagnostics == [])
  let program = try #require(report.programs.first)
  #expect(verify(program) == [])
  #expect(try parseProgram(printProgram(program)) == program)
  return program
}

/// Returns the mistakes that `body` makes, one `line: message` each, where lines count from that of
/// the call; notes are indented.
func mistakes(
  _ file: String = #filePath, from line: Int = #line, given: [String] = [], _ body: () -> Void
) -> [String] {
  let report = report(file, given: given, body)
  #expect(report.programs.isEmpty || report.diagnostics.isEmpty)
  return report.diagnostics.map { entry in
    let place = entry.site.map { "\($0.line - line): " } ?? ""
    return (entry.level == "error" ? "" : "  ") + place + entry.message
  }
}

extension GraphProgram {
  /// The function of a name.
  func function(_ name: String) throws -> GraphFunction {
    try #require(functions.first { $0.name == name })
  }

  /// The names of all states.
  var stateNames: [String] { states.values.map(\.name) }
}

extension GraphFunction {
  /// The mnemonics of all nodes, in order.
  var operations: [String] { graph.nodes.values.map { $0.op.mnemonic } }

  /// The names of the outputs, in order.
  var outputNames: [String] {
    results.compactMap { if case .output(let name) = $0 { name } else { nil } }
  }
}
