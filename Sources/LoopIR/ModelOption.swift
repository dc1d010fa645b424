package import Support

/// A value that a model declares with `option`, and that is set when it is compiled.
package struct ModelOption: Hashable, Sendable {
  /// What its values are.
  package enum Kind: String, CaseIterable, Sendable {
    case whole, number, flag, text
  }

  package let name: String
  package let kind: Kind
  /// The value unless another is given.
  package let standard: String
  /// The only values of a text; empty if any will do.
  package let choices: [String]
  package let help: String
  /// The value in force.
  package var value: String

  package init(
    _ name: String, _ kind: Kind, standard: String, choices: [String] = [], help: String = ""
  ) {
    self.name = name
    self.kind = kind
    self.standard = standard
    self.choices = choices
    self.help = help
    value = standard
  }
}

extension ModelOption {
  /// As in `option "arch" text "mlp" of "mlp", "cnn" is "cnn" "kind of network"`.
  package var line: String {
    let of = choices.isEmpty ? "" : " of " + choices.map(\.quoted).joined(separator: ", ")
    let words = [name.quoted, kind.rawValue, standard.quoted + of, "is", value.quoted, help.quoted]
    return "option " + words.joined(separator: " ")
  }

  /// Reads what `line` wrote, after its first word.
  package init(from scanner: inout Scanner) throws(ParseError) {
    let name = try scanner.string("the option's name in quotes")
    let kinds = Kind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    let kind: Kind = try scanner.choice("one of \(kinds)")
    let standard = try scanner.string("a value in quotes")
    var choices: [String] = []
    if scanner.accept(word: "of") {
      repeat { choices.append(try scanner.string("a value in quotes")) } while scanner.accept(",")
    }
    try scanner.expect(word: "is")
    let value = try scanner.string("a value in quotes")
    let help = try scanner.string()
    self.init(name, kind, standard: standard, choices: choices, help: help)
    self.value = value
  }
}

extension ModelOption {
  /// The values that it may have, in words.
  package var expected: String {
    switch kind {
    case .whole: "a whole number, such as \(standard)"
    case .number: "a number, such as \(standard)"
    case .flag: "true or false"
    case .text where choices.isEmpty: "a text"
    case .text: "one of \(choices.map { "'\($0)'" }.joined(separator: ", "))"
    }
  }

  /// Returns a value as it is compared and shown, `1e-3` as `0.001`; nil if the option cannot have
  /// it.
  package func normal(_ text: String) -> String? {
    switch kind {
    case .whole: return Int(text).map { "\($0)" }
    case .number: return Double(text).flatMap { $0.isFinite ? "\($0)" : nil }
    case .flag: return Bool(text).map { "\($0)" }
    case .text: return choices.isEmpty || choices.contains(text) ? text : nil
    }
  }
}
