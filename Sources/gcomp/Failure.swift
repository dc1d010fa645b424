internal import Support

/// The reason why a run ends, for the user.
struct Failure: Error {
  /// The output of another compiler, unchanged.
  var words = ""
  let diagnostics: [Diagnostic]

  init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

  /// The output of another compiler, and what follows from it.
  init(words: String, _ diagnostics: [Diagnostic] = []) {
    self.words = words
    self.diagnostics = diagnostics
  }

  /// A single error, with hints about what to do.
  init(_ message: String, hints: [String] = []) {
    diagnostics = [.error(message, hints: hints)]
  }

  /// A bug in gcomp.
  static func bug(_ message: String) -> Failure {
    Failure("internal error: \(message); this is a bug in gcomp")
  }
}

extension Failure: CustomStringConvertible {
  var description: String { diagnostics.map(\.message).joined(separator: "; ") }
}
