package import GraphIR
internal import GraphKit
internal import TestSupport

/// Returns the program that `declare` makes, which is one model without mistakes.
package func traced(_ declare: () -> Void) throws -> GraphProgram {
  let session = Session(modelFile: "", nested: true)
  return try Session.$replacement.withValue(session) {
    declare()
    let report = session.report()
    guard let program = report.programs.first, report.diagnostics.isEmpty else {
      throw GoldenMismatch(description: report.diagnosticsText)
    }
    return program
  }
}
