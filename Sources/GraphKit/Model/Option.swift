internal import LoopIR
internal import TensorLibrary

/// Declares a value that is set when the model is compiled, with `gcomp --set hidden=128`, and
/// returns it.
///
///     let hidden = option("hidden", 64, help: "units of the hidden layer")
///
/// Unlike a setting it is a number of Swift, so that shapes and layers may depend on it. Several
/// declarations of one option must agree.
public func option(_ name: String, _ value: Int, help: String = "") -> Int {
  Session.current.option(ModelOption(name, .whole, standard: "\(value)", help: help), value) {
    Int($0)
  }
}

/// Declares a number that is set when the model is compiled, as `--set dropout=0.5`.
public func option(_ name: String, _ value: Double, help: String = "") -> Double {
  Session.current.option(ModelOption(name, .number, standard: "\(value)", help: help), value) {
    Double($0)
  }
}

/// Declares a switch that is set when the model is compiled, as `--set bias=false`.
public func option(_ name: String, _ value: Bool, help: String = "") -> Bool {
  Session.current.option(ModelOption(name, .flag, standard: "\(value)", help: help), value) {
    Bool($0)
  }
}

/// Declares a text that is set when the model is compiled, as `--set arch=cnn`; with `choices`, one
/// of these.
///
///     let arch = option("arch", "mlp", of: ["mlp", "cnn"])
public func option(
  _ name: String, _ value: String, of choices: [String] = [], help: String = ""
) -> String {
  let option = ModelOption(name, .text, standard: value, choices: choices, help: help)
  if !choices.isEmpty, !choices.contains(value) {
    Session.current.report(.standardIsNoChoice(option))
  }
  return Session.current.option(option, value) { $0 }
}

extension Session {
  /// Declares an option, and returns its value: the one that is given, or else the default.
  fileprivate func option<Value>(
    _ declared: ModelOption, _ standard: Value, _ read: (String) -> Value?
  ) -> Value {
    let site = here()
    guard Check.name(declared.name, of: "an option", at: site) else { return standard }
    if let i = options.firstIndex(where: { $0.name == declared.name }) {
      let first = options[i]
      guard first.kind == declared.kind, first.standard == declared.standard,
        first.choices == declared.choices
      else {
        report(.optionsDiffer(declared, first, at: optionSites[i]), at: site)
        return standard
      }
      return read(first.value) ?? standard
    }
    var option = declared
    if let text = given[option.name] {
      if let value = option.normal(text) {
        option.value = value
      } else {
        report(.optionValue(option, text), at: site)
      }
    }
    options.append(option)
    optionSites.append(site)
    return read(option.value) ?? standard
  }

  /// Reports values that are given for options that the model does not have. After other mistakes
  /// it may not have come to declare them.
  func checkOptions() {
    guard log.entries.isEmpty else { return }
    let names = options.map(\.name)
    for name in given.keys.sorted() where !names.contains(name) {
      let mistake = Mistake.unknownOption(name, among: names)
      log.report(GraphDiagnostic(mistake.message, site: nil, notes: mistake.notes))
    }
  }
}
