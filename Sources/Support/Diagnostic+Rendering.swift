/// Writes diagnostics as compilers do: the place, the message, the line, a caret.
package struct DiagnosticRenderer {
  private let isColoured: Bool
  private let source: (_ file: String) -> String?
  private var lines: [String: [Substring]] = [:]

  /// Writes with or without colours; `source` returns the text of a file, if it can be shown.
  package init(isColoured: Bool, source: @escaping (_ file: String) -> String?) {
    self.isColoured = isColoured
    self.source = source
  }

  /// Returns the text of diagnostics, and a line that counts the errors.
  package mutating func text(_ diagnostics: [Diagnostic]) -> String {
    var text = ""
    for diagnostic in diagnostics { text += self.text(diagnostic) }
    return text + Self.summary(diagnostics)
  }

  /// Returns the text of one diagnostic with its notes.
  package mutating func text(_ diagnostic: Diagnostic) -> String {
    var text = ""
    if let place = diagnostic.place {
      let position = place.line > 0 ? "\(place.line):\(place.column):" : ""
      text += coloured("\(place.file):\(position)", .bold) + " "
    }
    text += coloured("\(diagnostic.level):", colour(diagnostic.level)) + " "
    text += coloured(diagnostic.message, .bold) + "\n"
    if let place = diagnostic.place { text += excerpt(place) }
    for note in diagnostic.notes { text += self.text(note) }
    return text
  }

  // As in `2 errors, 1 warning`; nothing if there are no errors.
  private static func summary(_ diagnostics: [Diagnostic]) -> String {
    func count(_ level: Diagnostic.Level) -> Int { diagnostics.count { $0.level == level } }
    guard count(.error) > 0 else { return "" }
    let parts = [Diagnostic.Level.error, .warning].filter { count($0) > 0 }.map {
      "\(count($0)) \($0)" + (count($0) == 1 ? "" : "s")
    }
    return parts.joined(separator: ", ") + "\n"
  }
}

extension DiagnosticRenderer {
  // The line, and below it a caret; nothing if the line is not known.
  private mutating func excerpt(_ place: Diagnostic.Place) -> String {
    if lines[place.file] == nil {
      lines[place.file] =
        source(place.file)?.split(omittingEmptySubsequences: false) { $0.isNewline } ?? []
    }
    guard let lines = lines[place.file], place.line > 0, place.line <= lines.count else {
      return ""
    }
    let line = lines[place.line - 1]
    guard place.column > 0, place.column <= line.utf8.count + 1 else { return "\(line)\n" }
    let end = line.utf8.index(line.startIndex, offsetBy: place.column - 1)
    var margin = ""
    // Counts the characters that begin before the caret: a column inside a character means all of
    // it.
    for index in line.indices where line.index(after: index) <= end {
      let character = line[index]
      margin += character == "\t" ? "\t" : String(repeating: " ", count: character.columns)
    }
    return "\(line)\n\(margin)\(coloured("^", .green))\n"
  }

  private enum Style: String {
    case bold = "1"
    case red = "1;31"
    case magenta = "1;35"
    case cyan = "1;36"
    case green = "1;32"
  }

  private func colour(_ level: Diagnostic.Level) -> Style {
    switch level {
    case .error: .red
    case .warning: .magenta
    case .note: .cyan
    }
  }

  private func coloured(_ text: String, _ style: Style) -> String {
    isColoured ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
  }
}

extension Character {
  /// The columns it takes on a terminal: two for East Asian scripts and emoji.
  fileprivate var columns: Int { unicodeScalars.map(\.columns).max() ?? 0 }
}

extension Unicode.Scalar {
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
    0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd,
  ]

  fileprivate var columns: Int {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: return Self.wide.contains { $0.contains(value) } ? 2 : 1
    }
  }
}
