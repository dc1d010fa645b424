internal import Foundation

/// What there is to say about the errors of the Swift compiler that no declaration can explain.
enum CompilerHints {
  private static let table = [
    (
      "value of type 'Tensor' to expected condition type 'Bool'",
      "an 'if' decides while the model is recorded; 'select' and 'cond' decide when it runs"
    ),
    (
      "unable to type-check this expression in reasonable time",
      "give parts of the expression names with 'let'"
    ),
    (
      "are not allowed at the top level",
      "in a folder, only 'model.swift' may have code outside of types and functions"
    ),
  ]

  /// Returns the output of the compiler without the places in the library where words are said to
  /// be unavailable; their messages say what to write.
  static func withoutPlaces(_ output: String) -> String {
    let rest = output.components(separatedBy: "\n\n").filter { paragraph in
      let first = paragraph.prefix { $0 != "\n" }
      return !first.contains(": note: ")
        || !first.hasSuffix("has been explicitly marked unavailable here")
    }
    .joined(separator: "\n\n")
    return rest.isEmpty || rest.hasSuffix("\n") ? rest : rest + "\n"
  }

  /// Returns a note for each kind of error in the output of the compiler, one a line.
  static func notes(for output: String) -> String {
    table.filter { output.contains($0.0) }.map { "note: \($0.1)\n" }.joined()
  }
}
