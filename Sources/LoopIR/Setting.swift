package import Support

/// A value that becomes a command-line flag: a state that the user sets before a run.
package struct Setting: Hashable, Sendable {
  /// What the value is.
  package enum Kind: Hashable, Sendable {
    /// A floating-point number.
    case number
    /// An `i32`.
    case integer
    /// A `bool`.
    case isOn
    /// The number of a name, an `i32`.
    case choice([String])
  }

  /// The flag, and the name of the state that holds the value.
  package let name: String
  /// The default, as a number.
  package let value: Double
  package let help: String
  package let kind: Kind

  package init(name: String, value: Double, help: String, kind: Kind = .number) {
    self.name = name
    self.value = value
    self.help = help
    self.kind = kind
  }

  /// Returns true iff the value may be kept in a state of that element type.
  package func fits(_ element: ElementType) -> Bool {
    switch kind {
    case .number: element.isFloat
    case .integer, .choice: element == .i32
    case .isOn: element == .bool
    }
  }
}

// Settings, phases and showings look the same in the text of both IRs.
extension Setting {
  /// As in `setting "rate" 0.001 "learning rate"` and `setting "net" 0.0 "" choices "mlp" "cnn"`.
  package var line: String {
    let head = "setting \(name.quoted) \(value) \(help.quoted)"
    return switch kind {
    case .number: head
    case .integer: head + " integer"
    case .isOn: head + " switch"
    case .choice(let names): head + " choices " + names.map(\.quoted).joined(separator: " ")
    }
  }

  /// Reads what `line` wrote, after its first word.
  package init(from scanner: inout Scanner) throws(ParseError) {
    let name = try scanner.string("the setting's name in quotes")
    let value = try scanner.double()
    let help = try scanner.string()
    var kind = Kind.number
    if scanner.accept(word: "integer") {
      kind = .integer
    } else if scanner.accept(word: "switch") {
      kind = .isOn
    } else if scanner.accept(word: "choices") {
      var names = [try scanner.string("the name of a choice in quotes")]
      while scanner.startsQuote { names.append(try scanner.string()) }
      kind = .choice(names)
    }
    self.init(name: name, value: value, help: help, kind: kind)
  }
}
