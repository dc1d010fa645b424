package import Support

/// What the integers of an output of a function mean: names by their numbers, or the tokens of the
/// text that the model learned.
package struct Naming: Hashable, Sendable {
  package let function: String
  package let output: String
  /// What stands between the names of a row.
  package let separator: String
  /// Empty for tokens.
  package let names: [String]

  package init(function: String, output: String, separator: String = "", names: [String] = []) {
    self.function = function
    self.output = output
    self.separator = separator
    self.names = names
  }
}

extension Naming {
  /// As in `names "infer" "digit" " " "nought" "one"`.
  package var line: String {
    (["names", function.quoted, output.quoted, separator.quoted] + names.map(\.quoted))
      .joined(separator: " ")
  }

  /// Reads what `line` wrote, after its first word.
  package init(from scanner: inout Scanner) throws(ParseError) {
    let function = try scanner.string("the name of a function in quotes")
    let output = try scanner.string("the name of an output in quotes")
    let separator = try scanner.string("what stands between names in quotes")
    var names: [String] = []
    while scanner.startsQuote { names.append(try scanner.string()) }
    self.init(function: function, output: output, separator: separator, names: names)
  }
}
