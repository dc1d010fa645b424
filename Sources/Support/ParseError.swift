/// A text that does not follow the grammar, and where.
package struct ParseError: Error, Hashable, Sendable {
  /// Counted from 1.
  package let line: Int
  /// Counted from 1, in bytes of UTF-8 as swiftc counts.
  package let column: Int
  package let message: String

  package init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }
}

extension ParseError: CustomStringConvertible {
  /// As in `3:14: expected a number, found ')'`.
  package var description: String { "\(line):\(column): \(message)" }
}

extension Scanner {
  /// Returns the error that something else was expected at the next token.
  package func expected(_ what: String) -> ParseError {
    error("expected \(what), found \(found)")
  }

  /// Returns an error at the next token.
  package func error(_ message: String) -> ParseError {
    var here = self
    here.skipSeparators()
    let before = bytes[..<here.offset]
    let start = before.lastIndex(of: .newline).map { $0 + 1 } ?? 0
    return ParseError(
      line: before.count { $0 == .newline } + 1, column: here.offset - start + 1, message: message)
  }

  // Where the next token begins, as in `3:14`.
  var position: String {
    let place = error("")
    return "\(place.line):\(place.column)"
  }

  // The next token as an error shows it.
  private var found: String {
    var rest = self
    rest.skipSeparators()
    if rest.offset == bytes.count { return "the end of the text" }
    let start = rest.offset
    var i = start
    if bytes[i].isWord || bytes[i] == .minus {
      i += 1
      while i < bytes.count && bytes[i].isWord { i += 1 }
    } else if bytes[i] == .quote {
      i += 1
      while i < bytes.count && bytes[i] != .quote && bytes[i] != .newline { i += 1 }
      if i < bytes.count && bytes[i] == .quote { i += 1 }
      return text(start..<i)
    } else {
      i += 1
      return "'\(text(start..<i).quoted.dropFirst().dropLast())'"
    }
    return "'\(text(start..<i))'"
  }
}
