internal import Foundation
internal import Support

/// Output: results go to standard output, everything else to standard error.
struct Console {
  /// True iff errors may be coloured.
  let isColoured: Bool
  /// True iff only results are written.
  private var isSilent = false

  init() {
    let environment = ProcessInfo.processInfo.environment
    isColoured =
      isatty(2) == 1 && environment["TERM"] != "dumb"
      && (environment["NO_COLOR"] ?? "").isEmpty
  }

  /// The same without messages.
  var silent: Console {
    var copy = self
    copy.isSilent = true
    return copy
  }

  /// Writes what the user asked for.
  func result(_ text: String) { write(text, to: .standardOutput) }

  /// Writes progress or an error.
  func message(_ text: String) {
    if !isSilent { write(text, to: .standardError) }
  }

  /// Writes one line of progress.
  func note(_ line: String) { message(line + "\n") }

  /// Writes diagnostics with the lines that they are about.
  func show(_ diagnostics: [Diagnostic]) {
    var renderer = DiagnosticRenderer(isColoured: isColoured) { file in
      try? String(contentsOfFile: file, encoding: .utf8)
    }
    message(renderer.text(diagnostics))
  }

  // A closed pipe is no error.
  private func write(_ text: String, to handle: FileHandle) {
    try? handle.write(contentsOf: Data(text.utf8))
  }
}
