/// Text made line by line, with indentation.
///
/// Both printers and the C backend write through it; nothing else writes newlines.
package struct IndentedWriter {
  /// What has been written.
  package private(set) var text = ""
  private var depth = 0
  private let unit: String

  package init(indent unit: String = "  ") { self.unit = unit }

  /// Writes `line`, indented; an empty line stays empty.
  package mutating func line(_ line: String = "") {
    if !line.isEmpty {
      for _ in 0..<depth { text += unit }
      text += line
    }
    text += "\n"
  }

  /// Writes `line` at the left margin.
  package mutating func unindented(_ line: String) { text += line + "\n" }

  /// Writes what `body` writes, one level deeper.
  package mutating func indented<Failure: Error>(
    _ body: (inout IndentedWriter) throws(Failure) -> Void
  ) throws(Failure) {
    depth += 1
    try body(&self)
    depth -= 1
  }

  /// The number of columns that the current indentation takes.
  package var indentation: Int { depth * unit.count }
}
