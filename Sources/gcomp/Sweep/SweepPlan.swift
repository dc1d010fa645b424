internal import LoopIR

/// What a sweep trains: what is the same in all trials, and what differs.
struct SweepPlan {
  /// The options of the model and the flags of the train program that are always the same.
  let options: [OptionValue]
  let flags: [String]
  let space: SweepSpace
  let sweep: SweepOptions

  /// Reads the values of `--set` and what follows `--`, where options of the sweep may stand too.
  init(_ arguments: Arguments) throws {
    var (options, dimensions): ([OptionValue], [Dimension]) = ([], [])
    for value in arguments.options {
      if let dimension = try Dimension(value.name, .option, value.text) {
        dimensions.append(dimension)
      } else {
        options.append(value)
      }
    }
    var flags: [String] = []
    for flag in Self.flags(arguments.programArguments) {
      if let reason = Self.refused[flag.name] {
        throw UsageError("a sweep cannot take '--\(flag.name)': \(reason)")
      }
      if let value = flag.value, let dimension = try Dimension(flag.name, .flag, value) {
        dimensions.append(dimension)
      } else {
        flags += flag.words
      }
    }
    for (i, dimension) in dimensions.enumerated()
    where dimensions[..<i].contains(where: { $0.name == dimension.name }) {
      throw UsageError("a sweep varies '\(dimension.name)' twice")
    }
    guard !dimensions.isEmpty || arguments.sweep.folds > 1 else {
      throw UsageError(
        "there is nothing to vary; give several values, as in '--set hidden=16,64' for an option "
          + "of the model or '-- --rate 1e-4..1e-2' for a flag of the train program")
    }
    self.options = options
    self.flags = flags
    space = SweepSpace(dimensions: dimensions)
    sweep = arguments.sweep
    if sweep.search == .grid, let range = dimensions.first(where: { $0.isRange }) {
      throw UsageError(
        "a grid needs lists of values, and '\(range.name)' has a range; write a list, as "
          + "1e-4,1e-3,1e-2, or '--search random'")
    }
  }

  /// Fails if an option cannot have one of its values; unknown ones are the model's to report.
  func check(_ options: [ModelOption]) throws {
    for dimension in space.dimensions where dimension.source == .option {
      guard let option = options.first(where: { $0.name == dimension.name }) else { continue }
      let wrong: String?
      switch dimension.values {
      case .list(let words): wrong = words.first { option.normal($0) == nil }.map { "'\($0)'" }
      case .range(let range):
        let fits = option.kind == .number || (option.kind == .whole && range.isWhole)
        wrong = fits ? nil : "a range of \(range.isWhole ? "whole" : "real") numbers"
      }
      guard let wrong else { continue }
      throw Failure(
        "the option '\(option.name)' must be \(option.expected); '--set' gives \(wrong)")
    }
  }

  /// How settings are chosen.
  var search: SweepOptions.Search { sweep.search ?? (space.hasRanges ? .bayes : .grid) }

  /// The options of the model in a trial.
  func options(of trial: [String]) -> [OptionValue] {
    options
      + zip(space.dimensions, trial).filter { $0.0.source == .option }
      .map { OptionValue($0.name, $1) }
  }

  /// The flags of the train program in a trial.
  func flags(of trial: [String]) -> [String] {
    flags
      + zip(space.dimensions, trial).filter { $0.0.source == .flag }
      .flatMap { ["--\($0.name)", $1] }
  }

  /// The trial as words, `hidden=64 rate=0.01`.
  func words(of trial: [String]) -> String {
    zip(space.dimensions, trial).map { "\($0.name)=\($1)" }.joined(separator: " ")
  }

  // The flags behind `--`, each with its value if it has one. About a word that is none the train
  // program will say what is wrong.
  private static func flags(
    _ words: [String]
  ) -> [(name: String, value: String?, words: [String])] {
    var rest = words[...]
    var flags: [(name: String, value: String?, words: [String])] = []
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else {
        flags.append(("", nil, [word]))
        continue
      }
      let parts = word.dropFirst(2).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let isFollowed = parts.count == 1 && rest.first.map { !$0.hasPrefix("--") } ?? false
      let next = isFollowed ? rest.popFirst() : nil
      let value = parts.count == 2 ? String(parts[1]) : next
      flags.append((String(parts[0]), value, ["--\(parts[0])"] + (value.map { [$0] } ?? [])))
    }
    return flags
  }

  // What a sweep decides itself, or what is no training.
  private static let refused = [
    "out": "each training has a folder of its own in that of the sweep",
    "fold": "'--folds N' holds out each of N parts once",
    "log": "all trainings would write the same file",
    "profile-trace": "all trainings would write the same file",
    "dry-run": "it trains nothing", "check-data": "it trains nothing",
    "selfcheck": "it trains nothing",
    "help": "see 'gcomp --help', or 'gcomp train MODEL -- --help'",
  ]
}

extension Dimension {
  /// True iff it has no list of values.
  var isRange: Bool { if case .range = values { true } else { false } }
}
