internal import Passes

/// A command line that cannot be followed.
struct UsageError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// What the command line asks for.
struct Arguments {
  /// What to do with the model.
  enum Command: String, CaseIterable {
    case build, train, infer, sweep, check, summary, options, verify, explain

    var help: String {
      switch self {
      case .build: "write C and build the programs (the default)"
      case .train: "build, then run the train program with the flags after '--'"
      case .infer: "build, then run the infer program with the flags after '--'"
      case .sweep: "train with each of several settings and compare the results"
      case .check: "report the mistakes in the model, write nothing"
      case .summary: "show parameters, functions, operations and memory"
      case .options: "list the options of the model, which --set changes"
      case .verify: "run each function on random numbers and check its kernels"
      case .explain: "name the operation from which the run RUN got numbers that are not finite"
      }
    }
  }

  /// A stage to show.
  enum Stage: String, CaseIterable {
    case graph, fused, loops, c, dot, memory
    case memoryMap = "memory-map"
  }

  /// The machines that the programs are for.
  enum Target: String, CaseIterable {
    case native, portable
  }

  /// The precision of the programs.
  enum Precision: String, CaseIterable {
    case f32, f64
  }

  var command = Command.build
  var model = ""
  /// The values of the model's options that are given; for a sweep, lists of them.
  var options: [OptionValue] = []
  /// The arguments for the program that is run.
  var programArguments: [String] = []
  /// The folder in which the folder of each model is made.
  var output: String?
  var stage: Stage?
  var dumpAfter: [String] = []
  var stopAfter: String?
  /// True iff the schedule of each kernel is printed.
  var dumpsSchedules = false
  var timesPasses = false
  /// The time limit of the model's run, in seconds.
  var timeLimit = 600
  var compiler: String?
  var target = Target.native
  var precision = Precision.f32
  /// True iff compiling should take little time, whatever the programs then take.
  var isQuick = false
  /// How kernels become loops.
  var lowering = LoweringOptions()
  /// The most memory that the program may need, states included.
  var maxBytes: Int?
  /// True iff the programs say how long each kernel takes.
  var isProfiled = false
  var verification = VerifyOptions()
  var sweep = SweepOptions()
  /// The options that decide how programs are built, as they were written.
  private(set) var buildWords: [String] = []
  /// The folder of the run to explain.
  var run = ""
  var wantsHelp = false
  var wantsVersion = false

  /// Reads the arguments after the program's name.
  init(_ words: [String]) throws {
    var positional: [String] = []
    var rest = words[...]
    var used: [Option] = []
    while let word = rest.popFirst() {
      if word == "--" {
        // What concerns the sweep may stand here, too.
        while let flag = rest.popFirst() {
          let name = String(flag.prefix { $0 != "=" })
          let isOwn = positional.first == Command.sweep.rawValue && Option.isOfSweepAlone(name)
          if isOwn {
            used.append(try take(option: flag, &rest, behind: positional.first))
          } else {
            programArguments.append(flag)
          }
        }
        break
      }
      if word.hasPrefix("-"), word != "-" {
        used.append(try take(option: word, &rest, behind: positional.first))
        if wantsHelp || wantsVersion { return }
      } else {
        positional.append(word)
      }
    }
    try take(positional)
    if let option = used.first(where: { !$0.isOption(of: command) }) {
      throw UsageError("unknown option '\(option.names[0])'" + owner(of: option))
    }
    if !programArguments.isEmpty, ![.train, .infer, .sweep].contains(command) {
      throw UsageError("'\(command)' runs no program; nothing can follow '--'")
    }
  }

  // The command, if there is one, and the model.
  private mutating func take(_ words: [String]) throws {
    var words = words[...]
    if let first = words.first, let command = Command(rawValue: first) {
      self.command = command
      words.removeFirst()
    } else if let first = words.first, words.count == 2 {
      let commands = Command.allCases.map(\.rawValue)
      throw UsageError("unknown command '\(first)'" + suggestion(for: first, among: commands))
    }
    guard let model = words.popFirst() else {
      throw UsageError("there is no model; name a file such as model.swift")
    }
    if command == .explain {
      guard let run = words.popFirst() else {
        throw UsageError("there is no run to explain; name its folder, such as runs/digits-1")
      }
      self.run = run
    }
    if let extra = words.first {
      throw UsageError("unexpected '\(extra)' after '\(model)'; gcomp takes one model")
    }
    self.model = model
  }

  // An option in one of the forms `--name`, `--name value`, `--name=value`.
  private mutating func take(
    option word: String, _ rest: inout ArraySlice<String>, behind first: String?
  ) throws -> Option {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let option = Option.all.first(where: { $0.names.contains(name) }) else {
      throw UsageError("unknown option '\(name)'" + hint(for: name, behind: first))
    }
    guard let placeholder = option.value else {
      guard parts.count == 1 else { throw UsageError("'\(name)' takes no value") }
      try option.apply(&self, "")
      if option.decidesBuild { buildWords.append(name) }
      return option
    }
    guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst(), !value.isEmpty else {
      throw UsageError("'\(name)' needs a value: \(name) \(placeholder)")
    }
    try option.apply(&self, value)
    if option.decidesBuild { buildWords += [name, value] }
    return option
  }

  private func owner(of option: Option) -> String {
    let runs = [.train, .infer, .sweep].contains(command)
    if runs { return Self.behindDashes }
    let owners = option.commands.map { "'\($0)'" }.joined(separator: " and ")
    return "; only \(owners) \(option.commands.count == 1 ? "has" : "have") it"
  }

  private static let behindDashes = "; flags of the program follow '--'"

  private func hint(for name: String, behind first: String?) -> String {
    let similar = suggestion(for: name, among: Option.all.flatMap(\.names))
    let runs = [Command.train, .infer, .sweep].contains { $0.rawValue == first }
    return similar.isEmpty && runs ? Self.behindDashes : similar
  }
}
