package import Support

/// What an output of a function means: the names of its integers, the tokens of the text that the
/// model learned, or the classes of a field of the training's data.
package struct Naming: Hashable, Sendable {
  package let function: String
  package let output: String
  /// What stands between the names of a row.
  package let separator: String
  /// Empty for tokens and for classes.
  package let names: [String]
  /// The input of the training step whose classes they are; nil for names and tokens.
  package let field: String?
  /// True iff the integers are tokens of a text.
  package var isTokens: Bool { field == nil && names.isEmpty }

  package init(
    function: String, output: String, separator: String = "", names: [String] = [],
    field: String? = nil
  ) {
    self.function = function
    self.output = output
    self.separator = separator
    self.names = names
    self.field = field
  }
}

extension Naming {
  /// As in `names "infer" "digit" " " "nought" "one"` or `names "infer" "digit" of "label"`.
  package var line: String {
    let words = field.map { ["of", $0.quoted] } ?? [separator.quoted] + names.map(\.quoted)
    return (["names", function.quoted, output.quoted] + words).joined(separator: " ")
  }

  /// Reads what `line` wrote, after its first word.
  package init(from scanner: inout Scanner) throws(ParseError) {
    let function = try scanner.string("the name of a function in quotes")
    let output = try scanner.string("the name of an output in quotes")
    if scanner.accept(word: "of") {
      let field = try scanner.string("the name of an input in quotes")
      self.init(function: function, output: output, field: field)
      return
    }
    let separator = try scanner.string("what stands between names in quotes")
    var names: [String] = []
    while scanner.startsQuote { names.append(try scanner.string()) }
    self.init(function: function, output: output, separator: separator, names: names)
  }
}
