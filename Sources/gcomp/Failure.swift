internal import Support

/// The end of a run: what to tell the user.
struct Failure: Error {
  /// What another compiler said, word for word.
  var words = ""
  let diagnostics: [Diagnostic]

  init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

  /// Another compiler's words, and what follows from them.
  init(words: String, _ diagnostics: [Diagnostic] = []) {
    self.words = words
    self.diagnostics = diagnostics
  }

  /// A single error, with hints about what to do.
  init(_ message: String, hints: [String] = []) {
    diagnostics = [.error(message, hints: hints)]
  }

  /// A mistake of ours.
  static func bug(_ message: String) -> Failure {
    Failure("internal error: \(message); this is a bug in gcomp")
  }
}

extension Failure: CustomStringConvertible {
  var description: String { diagnostics.map(\.message).joined(separator: "; ") }
}
