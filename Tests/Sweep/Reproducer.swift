internal import Foundation
internal import GraphIR
internal import RandomModels

/// A folder with what is needed to see a failure again.
struct Reproducer {
  /// The kernel or net that is wrong.
  let unit: Unit
  /// What it was compiled with.
  let whole: Unit
  let trial: Trial
  let problem: String

  func write(to folder: String, _ configuration: Configuration) throws {
    let trials = try unit.program()
    let library = try TrialLibrary(trials.program, in: folder)
    try printProgram(trials.program).write(
      toFile: "\(folder)/model.gir", atomically: false, encoding: .utf8)
    if unit.kind != .kernels {
      try RandomNet(seed: unit.seeds[0]).source.write(
        toFile: "\(folder)/model.swift", atomically: false, encoding: .utf8)
    }
    try CheckProgram(trials.trials, of: trials.program).text.write(
      toFile: "\(folder)/check.c", atomically: false, encoding: .utf8)
    let runtime = ["runtime/arena.c", "runtime/describe.c", "runtime/probe.c"]
    let command = try library.command(configuration) + runtime
    let script = """
      #!/bin/sh
      # \(problem.replacing("\n", with: " "))
      # Found with \(whole.seeds.count) of its kind in one file, with \(configuration.threads) threads.
      set -e
      cd "$(dirname "$0")"
      \(command.joined(separator: " ")) check.c -lm -o check
      OMP_NUM_THREADS=\(configuration.threads) ./check

      """
    try script.write(toFile: "\(folder)/run.sh", atomically: false, encoding: .utf8)
  }
}
