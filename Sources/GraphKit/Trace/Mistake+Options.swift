internal import TensorLibrary
internal import LoopIR

// Options.
extension Mistake {
  static func optionValue(_ option: ModelOption, _ text: String) -> Mistake {
    let isList = text.contains(",") || text.contains("..")
    let near = closest(to: text, in: option.choices)
    let hint =
      near.map { "did you mean '\($0)'?" }
      ?? (isList ? "'gcomp sweep' tries several values" : nil)
    return Mistake(
      "the option '\(option.name)' must be \(option.expected); '--set' gives '\(text)'",
      notes: hint.map { [($0, nil)] } ?? [])
  }

  static func optionsDiffer(
    _ option: ModelOption, _ first: ModelOption, at site: SiteID?
  ) -> Mistake {
    let same = option.expected == first.expected && option.standard == first.standard
    let what =
      same ? "different choices" : "'\(first.standard)' and here with '\(option.standard)'"
    return Mistake(
      "the option '\(option.name)' is declared twice, with \(what)",
      notes: [
        ("it is first declared here", site),
        ("declare it once, as in 'let \(option.name) = option(...)', and use that", nil),
      ])
  }

  static func standardIsNoChoice(_ option: ModelOption) -> Mistake {
    Mistake(
      "the option '\(option.name)' must be \(option.expected); its default is "
        + "'\(option.standard)'")
  }

  static func unknownOption(_ name: String, among names: [String]) -> Mistake {
    if names.isEmpty {
      return Mistake(
        "the model has no options, and '--set' gives '\(name)'",
        notes: [("declare one: let \(name) = option(\"\(name)\", 64)", nil)])
    }
    let known = names.map { "'\($0)'" }.joined(separator: ", ")
    let near = closest(to: name, in: names)
    return Mistake(
      "the model has no option '\(name)'; it has \(known)",
      notes: near.map { [("did you mean '\($0)'?", nil)] } ?? [])
  }
}
