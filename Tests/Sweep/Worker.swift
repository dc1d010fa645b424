internal import Foundation
internal import RandomModels

/// Draws, compiles, runs and compares units, and reports on the standard output.
struct Worker {
  let options: Options
  let compilers: [Compiler]
  /// This program, which runs compiled code as well.
  let program: String

  func run(_ units: [Unit]) throws {
    for unit in units {
      report(.begin(unit))
      try run(unit)
      report(.end(unit))
    }
  }

  private func run(_ unit: Unit) throws {
    let start = now()
    let trials: TrialProgram
    let library: TrialLibrary
    let folder = "\(options.folder)/\(unit.name)"
    defer { if !options.keeps { try? FileManager.default.removeItem(atPath: folder) } }
    do {
      trials = try unit.program()
      library = try TrialLibrary(trials.program, in: folder)
    } catch {
      if unit.seeds.count > 1 { return try unit.parts.forEach(run) }
      return fail(unit, unit.seeds[0], "", "\(error)")
    }
    report(.drawn(seconds: now() - start))
    for configuration in options.configurations(compilers, unit) {
      try run(unit, trials, library, configuration)
    }
  }

  private func run(
    _ unit: Unit, _ trials: TrialProgram, _ library: TrialLibrary, _ configuration: Configuration
  ) throws {
    var tally = Tally()
    defer {
      report(
        .build(
          tally, configuration: configuration.title, compiler: configuration.compiler.name))
    }
    let start = now()
    let build =
      unit.kind == .model
      ? try UserBuild.library(
        of: RandomNet(seed: unit.seeds[0]), in: library.folder, configuration.compiler)
      : try library.compiled(configuration)
    tally.compiling = now() - start
    let said = build.messages.split(separator: "\n").first { $0.contains("warning:") }
    if let said {
      tally.warnings += 1
      fail(unit, unit.seeds[0], configuration.title, "a warning: \(said)")
    }
    guard let file = build.library else {
      tally.compileFailures += 1
      return fail(unit, unit.seeds[0], configuration.title, String(build.messages.suffix(500)))
    }
    let middle = now()
    let found = try TrialLibrary.run(
      trials.trials, library: file, threads: configuration.threads, program: program)
    tally.running = now() - middle
    var wrong: Set<Int> = []
    for (trial, results) in zip(trials.trials, found) {
      let comparison = Comparison(trial)
      tally.numbers += comparison.numbers
      tally.bounded += comparison.bounded
      tally.useful += comparison.useful
      let problem = results.map { trial.problem($0) } ?? "\(trial.function): it crashed"
      guard let problem, wrong.insert(trial.seed).inserted else { continue }
      if results == nil { tally.crashes += 1 } else { tally.outOfBounds += 1 }
      let folder = save(unit, trial, configuration, problem)
      fail(unit, trial.seed, configuration.title, problem, folder)
    }
    switch unit.kind {
    case .kernels: tally.kernels += unit.seeds.count
    case .net: tally.nets += 1
    case .model: tally.models += 1
    }
  }

  private func fail(
    _ unit: Unit, _ seed: Int, _ configuration: String, _ problem: String, _ folder: String = ""
  ) {
    report(
      .failure(
        Failure(
          title: unit.title(seed), seed: seed, configuration: configuration, problem: problem,
          folder: folder)))
  }

  // Keeps what is needed to see the failure again.
  private func save(
    _ unit: Unit, _ trial: Trial, _ configuration: Configuration, _ problem: String
  ) -> String {
    let name = "\(unit.kind)_\(trial.seed)-\(configuration.fileName)"
    let folder = "\(options.failures)/\(name)"
    do {
      try Reproducer(unit: unit, trial: trial, problem: problem).write(to: folder, configuration)
    } catch {
      return "nothing, as it could not be saved: \(error)"
    }
    return folder
  }

  private func report(_ report: Report) {
    guard let data = try? JSONEncoder().encode(report) else { return }
    FileHandle.standardOutput.write(data + Data("\n".utf8))
  }
}

/// Seconds since some moment.
func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
