public import TensorLibrary
internal import LoopIR

/// A number that the user of the programs may change without compiling again; it becomes a
/// command-line flag.
///
///     let rate = model.setting("rate", 1e-3, help: "learning rate")
public final class Setting {
  /// The name of the flag.
  public let name: String
  let state: Parameter

  init(_ name: String, state: Parameter) {
    self.name = name
    self.state = state
  }

  /// The number, as a tensor.
  public var value: Tensor { state.value }
}

extension Model {
  /// Declares a number that becomes a command-line flag of the programs.
  public func setting(_ name: String, _ value: Double, help: String = "") -> Setting {
    let site = session.here()
    if let first = settings[name] {
      session.report(.sameSetting(name, first: first.state.site), at: site)
      return first
    }
    if Self.reservedSettings.contains(name) { session.report(.reservedSetting(name), at: site) }
    let sound = Check.name(name, of: "a setting", at: site)
    let state = makeState(name, TensorType(.f32, []), .setting, .constant(value))
    let setting = Setting(name, state: state)
    settings[name] = setting
    if sound { program.settings.append(LoopIR.Setting(name: name, value: value, help: help)) }
    return setting
  }

  /// The flags of the train and the infer program, whose table is `Runtime/program/options.c`.
  package static let reservedSettings: Set = [
    "bench", "data", "epochs", "every", "fold", "format", "freeze", "help", "init", "input", "log",
    "n", "only", "out", "output", "patience", "phase", "prompt", "quiet", "repeats", "resume",
    "seed", "selfcheck", "split", "steps", "temp", "threads", "tokenizer", "weights",
  ]
}
