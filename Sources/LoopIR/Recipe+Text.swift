package import Support

// Settings and recipes look the same in the text of both IRs.

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

extension Recipe {
  /// As in `recipe data "../data/digits" batch 64 epochs 10 steps 0 validation 0.2`.
  package var line: String {
    "recipe data \(data.quoted) batch \(batch) epochs \(epochs) steps \(steps) "
      + "validation \(validation)"
  }

  /// Reads what `line` wrote, after its first word.
  package init(from scanner: inout Scanner) throws(ParseError) {
    try scanner.expect(word: "data")
    let data = try scanner.string("a folder in quotes")
    try scanner.expect(word: "batch")
    let batch = try scanner.integer()
    try scanner.expect(word: "epochs")
    let epochs = try scanner.integer()
    try scanner.expect(word: "steps")
    let steps = try scanner.integer()
    try scanner.expect(word: "validation")
    self.init(
      data: data, batch: batch, epochs: epochs, steps: steps, validation: try scanner.double())
  }
}
