package import Support

/// A function of the user's that the train program calls every few epochs, to show its outputs.
package struct Showing: Hashable, Sendable {
  package let function: String
  package let epochs: Int
  /// The ending of the files, such as `.png`.
  package let ending: String
  /// The columns of a picture made of many; 0 for other files.
  package let columns: Int

  package init(function: String, epochs: Int, ending: String, columns: Int = 0) {
    self.function = function
    self.epochs = epochs
    self.ending = ending
    self.columns = columns
  }
}

extension Showing {
  /// As in `show "samples" every 5 as ".png" columns 8`.
  package var line: String {
    "show \(function.quoted) every \(epochs) as \(ending.quoted) columns \(columns)"
  }

  /// Reads what `line` wrote, after its first word.
  package init(from scanner: inout Scanner) throws(ParseError) {
    let function = try scanner.string("the name of a function in quotes")
    try scanner.expect(word: "every")
    let epochs = try scanner.integer()
    try scanner.expect(word: "as")
    let ending = try scanner.string("the ending of a file in quotes")
    try scanner.expect(word: "columns")
    self.init(
      function: function, epochs: epochs, ending: ending, columns: try scanner.integer())
  }
}
