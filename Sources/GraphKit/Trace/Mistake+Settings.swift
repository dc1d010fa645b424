internal import TensorLibrary

// Settings.
extension Mistake {
  static func sameSetting(_ name: String, first: SiteID?) -> Mistake {
    Mistake("there are two settings '\(name)'", notes: [("the first is declared here", first)])
  }

  static func reservedSetting(_ name: String) -> Mistake {
    Mistake("the name '\(name)' is reserved for a flag that all programs have")
  }

  static func unknownChoice(
    _ setting: String, _ choice: String, choices: [String], made: SiteID?
  ) -> Mistake {
    let known = choices.map { "'\($0)'" }.joined(separator: ", ")
    let near = closest(to: choice, in: choices).map { "did you mean '\($0)'?" }
    let none = "declare it with 'choices: [\"mlp\", \"cnn\"]'"
    return Mistake(
      "the setting '\(setting)' has no choice '\(choice)'",
      notes: [(choices.isEmpty ? none : near ?? "its choices are \(known)", made)])
  }

  static func noChoices(_ setting: String, made: SiteID?) -> Mistake {
    Mistake(
      "the setting '\(setting)' has no choices",
      notes: [("declare it with 'choices: [\"mlp\", \"cnn\"]'", made)])
  }

  static func invalidChoices(_ setting: String, _ choices: [String]) -> Mistake {
    Mistake(
      "the setting '\(setting)' needs at least one choice, each once, of ASCII letters, digits and "
        + "'_-.+'; they are \(choices)")
  }
}
