public import TensorLibrary
internal import LoopIR

/// A value that the user of the programs may change without compiling again; it becomes a
/// command-line flag.
///
///     let rate = model.setting("rate", 1e-3, help: "learning rate")
public final class Setting {
  /// The name of the flag.
  public let name: String
  let state: Parameter
  /// The names that there are to choose from.
  let choices: [String]

  init(_ name: String, state: Parameter, choices: [String] = []) {
    self.name = name
    self.state = state
    self.choices = choices
  }

  /// The value, a single number: an `f32`, an `i32`, a `bool`, or the number of a choice.
  public var value: Tensor { state.value }

  /// Returns whether the user has chosen a name, as a `bool`.
  ///
  ///     cond(net.isChosen("cnn"), then: { cnn(x) }, else: { mlp(x) })
  public func isChosen(_ choice: String) -> Tensor {
    guard let number = choices.firstIndex(of: choice) else {
      Session.current.report(.unknownChoice(name, choice, choices: choices, made: state.site))
      return value.builder.poison(TensorType(.bool, []))
    }
    return value .== Double(number)
  }

  /// Returns the result of `body` for the name that the user has chosen; only that is run.
  ///
  ///     let y = net.choose { name in nets[name](x) }
  public func choose(_ body: @escaping (String) -> Tensor) -> Tensor { choose(choices[...], body) }

  private func choose(_ rest: ArraySlice<String>, _ body: @escaping (String) -> Tensor) -> Tensor {
    guard let first = rest.first else {
      Session.current.report(.noChoices(name, made: state.site))
      return value.builder.poison()
    }
    if rest.count == 1 { return body(first) }
    return cond(
      isChosen(first), then: { body(first) }, else: { self.choose(rest.dropFirst(), body) })
  }
}

extension Model {
  /// Declares a number that becomes a command-line flag of the programs.
  public func setting(_ name: String, _ value: Double, help: String = "") -> Setting {
    setting(name, .f32, LoopIR.Setting(name: name, value: value, help: help))
  }

  /// Declares a whole number that becomes a command-line flag; its value is an `i32`.
  public func setting(_ name: String, integer value: Int, help: String = "") -> Setting {
    let value = Double(Int32(clamping: value))
    return setting(
      name, .i32, LoopIR.Setting(name: name, value: value, help: help, kind: .integer))
  }

  /// Declares a switch that becomes a command-line flag, such as `--noise` or `--noise off`; its
  /// value is a `bool`.
  public func setting(_ name: String, _ isOn: Bool, help: String = "") -> Setting {
    setting(
      name, .bool,
      LoopIR.Setting(name: name, value: isOn ? 1 : 0, help: help, kind: .isOn))
  }

  /// Declares a choice between names that becomes a command-line flag, such as `--net cnn`; the
  /// first is the default.
  ///
  /// A model is compiled with all of them: what is chosen decides which one runs.
  public func setting(_ name: String, choices: [String], help: String = "") -> Setting {
    let sound = Self.areChoices(choices)
    if !sound { session.report(.invalidChoices(name, choices)) }
    let kind: LoopIR.Setting.Kind = .choice(sound ? choices : ["none"])
    return setting(
      name, .i32, LoopIR.Setting(name: name, value: 0, help: help, kind: kind),
      choices: choices)
  }

  private func setting(
    _ name: String, _ element: ElementType, _ declared: LoopIR.Setting, choices: [String] = []
  ) -> Setting {
    let site = session.here()
    if let first = settings[name] {
      session.report(.sameSetting(name, first: first.state.site), at: site)
      return first
    }
    if Self.reservedSettings.contains(name) { session.report(.reservedSetting(name), at: site) }
    let sound = Check.name(name, of: "a setting", at: site)
    let state = makeState(
      name, TensorType(element, []), .setting, .constant(declared.value))
    let setting = Setting(name, state: state, choices: choices)
    settings[name] = setting
    if sound { program.settings.append(declared) }
    return setting
  }

  // True iff words can be choices on a command line: some, each once, without spaces and the like.
  private static func areChoices(_ names: [String]) -> Bool {
    !names.isEmpty && Set(names).count == names.count
      && names.allSatisfy { name in
        !name.isEmpty && !name.hasPrefix("-")
          && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.+".contains($0)) }
      }
  }

  /// The flags of the train and the infer program, whose table is `Runtime/program/options.c`.
  package static let reservedSettings: Set = [
    "bench", "data", "epochs", "every", "fold", "format", "freeze", "help", "init", "input", "log",
    "n", "only", "out", "output", "patience", "phase", "prompt", "quiet", "repeats", "resume",
    "seed", "selfcheck", "split", "steps", "temp", "threads", "tokenizer", "weights",
  ]
}
