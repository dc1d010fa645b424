internal import Foundation
internal import GraphIR

/// Trains a model with many settings and compares the results: `gcomp sweep`.
struct Sweep {
  private let arguments: Arguments
  private let console: Console
  private let plan: SweepPlan
  private let program: GraphProgram
  private let measure: SweepMeasure
  private let jobs: Int
  /// The folder of the sweep.
  private let folder: URL
  private var programs: SweepPrograms
  private var search: SweepSearch
  private var results: [TrialResult] = []
  /// The results of the sweep that goes on, by their values.
  private var earlier: [[String]: TrialResult] = [:]

  /// A sweep of a model whose first settings gave `program`.
  init(
    _ arguments: Arguments, _ console: Console, _ plan: SweepPlan, _ program: GraphProgram
  ) throws {
    self.arguments = arguments
    self.console = console
    self.plan = plan
    self.program = program
    measure = try SweepMeasure(plan.sweep.measure, of: program, flags: plan.flags)
    search = try SweepSearch(plan, measure)
    let processors = ProcessInfo.processInfo.activeProcessorCount
    jobs = plan.sweep.jobs ?? min(processors, search.mostAtOnce(folds: plan.sweep.folds))
    let base = URL(filePath: "sweeps")
    if let resumed = plan.sweep.resumed {
      folder = URL(filePath: resumed)
    } else {
      let prefix = "\(program.name)-"
      let numbers = Files.names(in: base).compactMap {
        $0.hasPrefix(prefix) ? Int($0.dropFirst(prefix.count)) : nil
      }
      folder = base.appending(path: "\(prefix)\((numbers.max() ?? 0) + 1)")
    }
    programs = SweepPrograms(arguments, console, folder: folder.appending(path: "build"))
  }

  /// Trains, and shows what came of it; an interruption ends it with what is known.
  mutating func run() throws {
    if plan.sweep.resumed != nil {
      earlier = try SweepTable.results(
        in: folder.appending(path: "results.csv"), plan: plan, measure: measure)
    }
    try Files.makeFolder(folder)
    var interruption: Interruption?
    do {
      try searchAll()
    } catch let found as Interruption {
      interruption = found
    }
    try finish(isWhole: interruption == nil)
    if let interruption { throw interruption }
    if results.allSatisfy({ $0.measure == nil }) { throw Failure("no training gave a result") }
  }

  // Proposes trials and runs them, one batch after the other.
  private mutating func searchAll() throws {
    announce()
    var model = SearchModel(
      arguments, console, trials: search.total, width: plan.space.width)
    while results.count < search.total {
      model.sibling = programs.model
      let trials = try search.proposals(jobs: jobs, after: results, by: &model)
      if trials.isEmpty {
        console.note("all \(results.count) combinations have been tried")
        return
      }
      try run(trials)
    }
  }

  private func announce() {
    let folds = plan.sweep.folds
    let trainings = folds > 1 ? ", each of \(folds) trainings" : ""
    let threads = threads == 1 ? "one thread" : "\(threads) threads"
    let count = search.total == 1 ? "1 trial" : "\(search.total) trials"
    console.note(
      "\(count)\(trainings), \(jobs) at once with \(threads) each, in \(folder.relativePath)")
    let best = measure.isLargest ? "largest" : "least"
    console.note("search \(plan.search.rawValue), for the \(best) '\(measure.name)'")
  }

  private var threads: Int {
    max(1, ProcessInfo.processInfo.activeProcessorCount / jobs)
  }
}

// Running trials.
extension Sweep {
  // Runs a batch of trials, all folds of each.
  private mutating func run(_ trials: [[String]]) throws {
    var runner = TrialRunner(jobs: jobs)
    defer { runner.release() }
    var open: [TrialResult] = []
    var waiting: [TrialRunner.Training] = []
    var next = trials[...]
    do {
      while !next.isEmpty || !waiting.isEmpty || !runner.isIdle {
        if runner.hasRoom, let training = waiting.first {
          waiting.removeFirst()
          try runner.start(training)
        } else if runner.hasRoom, let trial = next.popFirst() {
          // Others train while its program is built.
          try begin(trial, number: results.count + open.count + 1, &open, &waiting)
        } else {
          for outcome in try runner.ended() { try take(outcome, &open, &waiting) }
        }
      }
    } catch {
      runner.stop(SIGTERM)
      throw error
    }
  }

  // Prepares the trainings of a trial, unless it is known what comes of them.
  private mutating func begin(
    _ trial: [String], number: Int, _ open: inout [TrialResult],
    _ waiting: inout [TrialRunner.Training]
  ) throws {
    let folds = plan.sweep.folds
    var result = TrialResult(number: number, values: trial, folds: folds)
    if let known = earlier[trial] {
      result.folds = known.folds
      result.seconds = known.seconds
      return try add(result)
    }
    let program: URL
    do {
      program = try programs.program(plan.options(of: trial))
    } catch let failure as Failure {
      result.reason = failure.description.isEmpty ? failure.words : failure.description
      return try add(result)
    }
    open.append(result)
    for fold in 1...folds {
      let name = folds > 1 ? "\(number)-\(fold)" : "\(number)"
      let own = folder.appending(path: "trials/\(name)")
      // What is left of a sweep that was interrupted.
      try? FileManager.default.removeItem(at: own)
      var words = plan.flags(of: trial) + ["--out", own.path, "--quiet"]
      if !words.contains("--threads") { words += ["--threads", "\(threads)"] }
      if folds > 1 { words += ["--fold", "\(fold)/\(folds)"] }
      waiting.append(
        TrialRunner.Training(
          trial: number, fold: fold, program: program, arguments: words, folder: own))
    }
  }

  // Takes in a training that has ended; with the last one of a trial, that is done.
  private mutating func take(
    _ outcome: TrialRunner.Outcome, _ open: inout [TrialResult],
    _ waiting: inout [TrialRunner.Training]
  ) throws {
    let training = outcome.training
    guard let i = open.firstIndex(where: { $0.number == training.trial }) else { return }
    open[i].seconds += outcome.seconds
    let table = try? Files.read(training.folder.appending(path: measure.file))
    if outcome.end == .status(0), let value = table.flatMap(measure.best) {
      open[i].folds[training.fold - 1] = value
    } else {
      let output = (try? Files.read(TrialRunner.log(of: training))) ?? ""
      // A command line that is wrong is so in each trial.
      if outcome.end == .status(2), !results.contains(where: { $0.measure != nil }) {
        throw Failure(words: output)
      }
      let reason = TrialFailure.reason(outcome.end, output: output, measure: measure.name)
      open[i].reason = open[i].reason ?? reason
      // Its other folds are of no use.
      waiting.removeAll { $0.trial == training.trial }
    }
    let isDone =
      open[i].measure != nil
      || (open[i].reason != nil && !waiting.contains { $0.trial == training.trial })
    if isDone { try add(open.remove(at: i)) }
  }

  // Adds a trial to the results, writes these and says so.
  private mutating func add(_ result: TrialResult) throws {
    results.append(result)
    try write()
    let words = plan.words(of: result.values)
    let value = result.measure.map { "\(measure.name) \(SweepTable.fixed($0))" }
    let spread = result.deviation.map { " +- \(SweepTable.fixed($0))" } ?? ""
    let time = String(format: "%.1f s", result.seconds)
    let outcome = value.map { "\($0)\(spread), \(time)" } ?? "failed: \(result.reason ?? "")"
    let trial = "trial \(result.number) of \(search.total): "
    console.note(trial + (words.isEmpty ? "" : words + ": ") + outcome)
  }

  private func write() throws {
    let table = SweepTable(plan: plan, measure: measure, results: results)
    try Files.write(table.csv, to: folder.appending(path: "results.csv"))
    let picture = SweepPicture(plan: plan, measure: measure, results: results)
    try Files.write(picture.text, to: folder.appending(path: "results.svg"))
  }
}

// The end.
extension Sweep {
  // Prints the table, and how to repeat the best trial.
  private func finish(isWhole: Bool) throws {
    if results.isEmpty { return }
    let table = SweepTable(plan: plan, measure: measure, results: results)
    console.result(table.text)
    let path = folder.relativePath
    console.result("results \(path)/results.csv, \(path)/results.svg\n")
    if let best = results.ranked(by: measure).first {
      let words = plan.sweep.folds > 1 ? "\(best.number)-1" : "\(best.number)"
      let weights = folder.appending(path: "trials/\(words)/weights/best.safetensors")
      if plan.sweep.folds == 1, Files.isFile(weights) {
        console.result("weights \(weights.relativePath)\n")
      }
      console.result("the best again: \(command(best.values))\n")
    }
    if !isWhole {
      console.note("go on with the same command and --resume \(path)")
    }
  }

  // The command that trains with the settings of a trial.
  private func command(_ trial: [String]) -> String {
    let options = plan.options(of: trial).flatMap { ["--set", $0.line] }
    let flags = plan.flags(of: trial)
    let words =
      ["gcomp", "train", arguments.model] + arguments.buildWords + options
      + (flags.isEmpty ? [] : ["--"] + flags)
    return words.map(\.asShellWord).joined(separator: " ")
  }
}
