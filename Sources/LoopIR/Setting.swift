package import Support

/// A number that becomes a command-line flag: a state that the user sets before a run.
package struct Setting: Hashable, Sendable {
  /// The flag, and the name of the state that holds the value.
  package let name: String
  package let value: Double
  package let help: String

  package init(name: String, value: Double, help: String) {
    self.name = name
    self.value = value
    self.help = help
  }
}

// Settings, phases and showings look the same in the text of both IRs.
extension Setting {
  /// As in `setting "rate" 0.001 "learning rate"`.
  package var line: String { "setting \(name.quoted) \(value) \(help.quoted)" }

  /// Reads what `line` wrote, after its first word.
  package init(from scanner: inout Scanner) throws(ParseError) {
    let name = try scanner.string("the setting's name in quotes")
    let value = try scanner.double()
    self.init(name: name, value: value, help: try scanner.string())
  }
}
