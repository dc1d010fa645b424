internal import LoopIR

/// A value for an option of the model, as in `--set hidden=128`.
struct OptionValue: Hashable {
  let name: String
  let text: String

  /// The line that the model's process gets.
  var line: String { "\(name)=\(text)" }

  init(_ name: String, _ text: String) {
    self.name = name
    self.text = text
  }

  /// Reads `NAME=VALUE`.
  init(_ words: String) throws {
    let parts = words.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, !words.contains("\n") else {
      throw UsageError("'--set' must be NAME=VALUE, such as hidden=128, not '\(words)'")
    }
    self.init(String(parts[0]), String(parts[1]))
  }
}

/// The options of models as a table.
struct OptionTable {
  let options: [ModelOption]

  /// A line for each: name, value in force, what it may be, and what it means.
  var text: String {
    var table = TextTable(["option", "value", "expected", "meaning"], numbers: [])
    for option in options {
      let isStandard = option.value == option.standard
      let expected =
        option.choices.isEmpty ? option.kind.words : option.choices.joined(separator: ", ")
      let standard = isStandard ? "" : " (default \(option.standard))"
      table.add([option.name, option.value + standard, expected, option.help])
    }
    return table.text
  }
}

extension ModelOption.Kind {
  fileprivate var words: String {
    switch self {
    case .whole: "a whole number"
    case .number: "a number"
    case .flag: "true or false"
    case .text: "a text"
    }
  }
}
