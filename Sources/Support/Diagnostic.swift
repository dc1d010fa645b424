/// A message about what the user wrote.
package struct Diagnostic: Hashable, Sendable, Error {
  /// How bad it is.
  package enum Level: String, CaseIterable, Hashable, Sendable {
    case error, warning, note
  }

  /// A place in a text.
  package struct Place: Hashable, Sendable {
    /// The path as the user gave it.
    package let file: String
    /// Counted from 1; 0 means the file as a whole.
    package let line: Int
    /// Counted from 1, in bytes of UTF-8 as swiftc counts.
    package let column: Int

    package init(file: String, line: Int = 0, column: Int = 0) {
      self.file = file
      self.line = line
      self.column = column
    }
  }

  package let level: Level
  /// One phrase without a full stop.
  package let message: String
  package let place: Place?
  /// Notes, such as other places that are involved.
  package var notes: [Diagnostic]

  package init(_ level: Level, _ message: String, at place: Place? = nil, notes: [Diagnostic] = [])
  {
    self.level = level
    self.message = message
    self.place = place
    self.notes = notes
  }

  /// Returns an error, with hints about what to do.
  package static func error(_ message: String, at place: Place? = nil, hints: [String] = [])
    -> Diagnostic
  {
    Diagnostic(.error, message, at: place, notes: hints.map { Diagnostic(.note, $0) })
  }
}
