internal import Passes

/// One option of the command line; the help is made from these.
struct Option: Sendable {
  let names: [String]
  /// The only commands that take the option; none if all do.
  let commands: [Arguments.Command]
  /// The placeholder for the value in the help; nil for a switch.
  let value: String?
  let help: String
  let apply: @Sendable (inout Arguments, String) throws -> Void

  private init(
    _ names: [String], of commands: Arguments.Command..., value: String? = nil, _ help: String,
    _ apply: @escaping @Sendable (inout Arguments, String) throws -> Void
  ) {
    self.names = names
    self.commands = commands
    self.value = value
    let owners = commands.map(\.rawValue).joined(separator: ", ")
    self.help = owners.isEmpty ? help : "\(owners): \(help)"
    self.apply = apply
  }

  /// All options, in the order of the help.
  static let all: [Option] = [
    Option(["-o", "--output"], value: "DIR", "write to DIR/<name> instead of build/<name>") {
      $0.output = $1
    },
    Option(
      ["--emit"], value: "STAGE", "show \(list(Arguments.Stage.self)); with -o, write it there"
    ) {
      $0.stage = try choice("--emit", $1)
    },
    Option(
      ["--set"], value: "NAME=VALUE", "set an option of the model; may be repeated"
    ) {
      let value = try OptionValue($1)
      if let other = $0.options.first(where: { $0.name == value.name }) {
        throw UsageError("'--set \(value.name)' is given twice: \(other.text) and \(value.text)")
      }
      $0.options.append(value)
    },
    Option(["--cc"], value: "CC", "use this C compiler (default: $CC, gcc, clang or cc)") {
      $0.compiler = $1
    },
    Option(
      ["--target"], value: "TARGET",
      "build for this machine, or for any of its architecture: \(list(Arguments.Target.self))"
    ) {
      $0.target = try choice("--target", $1)
    },
    Option(["--quick"], "compile in a part of the time, to programs that are slower") {
      arguments, _ in arguments.isQuick = true
    },
    Option(["--precision"], value: "TYPE", "compute in \(list(Arguments.Precision.self))") {
      $0.precision = try choice("--precision", $1)
    },
    Option(
      ["--winograd"], value: "N",
      "compute 3x3 convolutions with fewer products, NxN results at once: \(list(Winograd.self))"
    ) {
      $0.lowering.winograd = try choice("--winograd", $1)
    },
    Option(
      ["--weights"], value: "TYPE",
      "store weights for inference, once prepared, in this type: \(list(Weights.self))"
    ) {
      $0.lowering.weights = try choice("--weights", $1)
    },
    Option(
      ["--max-bytes"], value: "N",
      "recompute values until all memory is at most N, such as 512K, 64M or 2G"
    ) {
      $0.maxBytes = try bytes("--max-bytes", $1)
    },
    Option(["--profile"], "make programs that report the time of each kernel") { arguments, _ in
      arguments.isProfiled = true
    },
    Option(["--dump-after"], value: "PASS", "show the program after a pass; may be repeated") {
      $0.dumpAfter.append(try pass("--dump-after", $1))
    },
    Option(["--stop-after"], value: "PASS", "stop after a pass and show the program") {
      $0.stopAfter = try pass("--stop-after", $1)
    },
    Option(["--dump-schedules"], "show how each kernel became loops, and the alternatives") {
      arguments, _ in arguments.dumpsSchedules = true
    },
    Option(["--time-limit"], value: "S", "stop a model after S seconds (default 600)") {
      guard let seconds = Int($1), seconds > 0 else {
        throw UsageError("'--time-limit' must be a number of seconds, at least 1, not '\($1)'")
      }
      $0.timeLimit = seconds
    },
    Option(["--time-passes"], "show how long each step takes") { arguments, _ in
      arguments.timesPasses = true
    },
    Option(
      ["--search"], of: .sweep, value: "HOW",
      "\(list(SweepOptions.Search.self)) (default grid, or bayes if there is a range)"
    ) {
      $0.sweep.search = try choice("--search", $1)
    },
    Option(["--trials"], of: .sweep, value: "N", "how many settings to try (default all, or 20)") {
      $0.sweep.trials = try count("--trials", $1, least: 1)
    },
    Option(["--folds"], of: .sweep, value: "N", "hold out each of N parts of the examples once") {
      $0.sweep.folds = try count("--folds", $1, least: 2)
    },
    Option(
      ["--measure"], of: .sweep, value: "NAME",
      "the metric to compare, as min:error (default as the model says)"
    ) {
      $0.sweep.measure = $1
    },
    Option(
      ["--jobs"], of: .sweep, value: "N", "trainings at once (default one for each processor)"
    ) {
      $0.sweep.jobs = try count("--jobs", $1, least: 1)
    },
    Option(["--resume"], of: .sweep, value: "DIR", "go on with the sweep in this folder") {
      $0.sweep.resumed = $1
    },
    Option(
      ["--seed"], of: .sweep, .verify, value: "N", "the seed of random numbers (default 1)"
    ) {
      let seed = UInt64(try count("--seed", $1))
      $0.verification.seed = seed
      $0.sweep.seed = seed
    },
    Option(["--samples"], of: .verify, value: "N", "check N numbers of large arrays (default 64)") {
      $0.verification.samples = max(try count("--samples", $1), 1)
    },
    Option(["--threads"], of: .verify, value: "N", "run in N threads") {
      $0.verification.threads = max(try count("--threads", $1), 1)
    },
    Option(["--input"], of: .verify, value: "NAME=FILE", "read an input from an npy file") {
      let parts = $1.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw UsageError("'--input' must be NAME=FILE, such as x=x.npy, not '\($1)'")
      }
      $0.verification.inputs[parts[0]] = parts[1]
    },
    Option(["--weights"], of: .verify, value: "FILE", "read parameters from a safetensors file") {
      $0.verification.weights = $1
    },
    Option(["-h", "--help"], "show this text") { arguments, _ in arguments.wantsHelp = true },
    Option(["--version"], "show the version") { arguments, _ in arguments.wantsVersion = true },
  ]

  /// True iff the command takes the option.
  func isOption(of command: Arguments.Command) -> Bool {
    commands.isEmpty || commands.contains(command)
  }

  /// True iff a name is that of an option that only a sweep has.
  static func isOfSweepAlone(_ name: String) -> Bool {
    all.contains { $0.names.contains(name) && $0.commands == [.sweep] }
  }

  /// True iff the option belongs to a command that builds the same programs.
  var decidesBuild: Bool {
    let others = ["-o", "--set", "--emit", "--dump-after", "--stop-after", "--dump-schedules"]
    let showing = ["--time-passes", "--help", "-h", "--version"]
    return commands.isEmpty && !(others + showing).contains { names.contains($0) }
  }

  private static func list<Choice>(_ type: Choice.Type) -> String
  where Choice: CaseIterable & RawRepresentable<String> {
    var names = Choice.allCases.map(\.rawValue)
    let last = names.removeLast()
    return names.joined(separator: ", ") + " or " + last
  }

  private static func choice<Choice>(_ name: String, _ value: String) throws -> Choice
  where Choice: CaseIterable & RawRepresentable<String> {
    if let choice = Choice(rawValue: value) { return choice }
    let similar = suggestion(for: value, among: Choice.allCases.map(\.rawValue))
    throw UsageError("'\(name)' must be \(list(Choice.self)), not '\(value)'\(similar)")
  }

  private static func count(_ name: String, _ value: String, least: Int = 0) throws -> Int {
    guard value.allSatisfy({ "0"..."9" ~= $0 }), let count = Int(value), count >= least else {
      let rule = least > 0 ? "a number, at least \(least)" : "a number such as 7"
      throw UsageError("'\(name)' must be \(rule), not '\(value)'")
    }
    return count
  }

  // Reads a number of bytes with an optional unit.
  private static func bytes(_ name: String, _ value: String) throws -> Int {
    let units = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    let unit = value.last.flatMap { units[$0.uppercased()] }
    let digits = unit == nil ? value[...] : value.dropLast()
    guard digits.allSatisfy({ "0"..."9" ~= $0 }), let count = Int(digits) else {
      throw UsageError(
        "'\(name)' must be a number of bytes such as 65536, 512K, 64M or 2G, not '\(value)'")
    }
    let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: unit ?? 1)
    if isTooLarge { throw UsageError("'\(name)' is larger than any memory: '\(value)'") }
    return bytes
  }

  private static func pass(_ name: String, _ value: String) throws -> String {
    let passes = Arguments.passes.map(\.name)
    if passes.contains(value) { return value }
    let similar = suggestion(for: value, among: passes)
    let known = similar.isEmpty ? "; passes are \(passes.joined(separator: ", "))" : similar
    throw UsageError("unknown pass '\(value)' for '\(name)'\(known)")
  }
}

extension Arguments {
  /// The passes, each once, in the order in which they run first.
  fileprivate static var passes: [(name: String, summary: String)] {
    var passes: [(name: String, summary: String)] = []
    let all =
      ([.doublePrecision] + pipeline + [.rematerialize(within: 0)]).map { ($0.name, $0.summary) }
      + loopPipeline.map { ($0.name, $0.summary) }
    for pass in all where !passes.contains(where: { $0.name == pass.0 }) {
      passes.append(pass)
    }
    return passes
  }

  /// The last line of an error about the command line.
  static let usage = """
    usage: gcomp [COMMAND] MODEL [OPTION ...] [-- FLAG ...]
    'gcomp --help' shows commands and options

    """

  /// The text of `--help`.
  static var help: String {
    let commands = Command.allCases.map { ("  \($0)", $0.help) }
    let options = Option.all.map { option in
      let names = option.names.joined(separator: ", ")
      return ("  " + names + (option.value.map { " \($0)" } ?? ""), option.help)
    }
    let passes = passes.map { ("  " + $0.name, $0.summary) }
    return """
      usage: gcomp [COMMAND] MODEL [OPTION ...] [-- FLAG ...]

      Compiles MODEL, a file model.swift or the text of a program model.gir, to C and to the
      programs <name>-train and <name>-infer.

      commands:
      \(table(commands))
      options:
      \(table(options))
      passes, in order:
      \(table(passes))
      """
  }

  private static func table(_ rows: [(String, String)]) -> String {
    let width = (rows.map(\.0.count).max() ?? 0) + 2
    return rows.map { name, help in
      name + String(repeating: " ", count: width - name.count) + help + "\n"
    }.joined()
  }
}
