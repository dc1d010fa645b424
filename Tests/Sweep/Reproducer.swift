internal import Foundation
internal import GraphIR
internal import RandomModels
internal import TestSupport

/// A folder with what is needed to see a failure again: the C, a main program that compares, and a
/// script that builds and runs both.
struct Reproducer {
  /// What failed, and what it was compiled with.
  let unit: Unit
  let trial: Trial
  let problem: String

  /// Writes the kernel or net alone; with all that it was compiled with, if it is right alone.
  func write(to folder: String, _ configuration: Configuration) throws {
    let alone = Unit(kind: unit.kind, seeds: [trial.seed], family: unit.family)
    try write(alone, to: folder, configuration)
    guard unit.seeds.count > 1 else { return }
    let status = try runProgram("timeout", ["600", "sh", "\(folder)/run.sh"]).status
    if status == 0 { try write(unit, to: folder, configuration) }
  }

  private func write(_ unit: Unit, to folder: String, _ configuration: Configuration) throws {
    let trials = try unit.program()
    let library = try TrialLibrary(trials.program, in: folder)
    func save(_ name: String, _ text: String) throws {
      try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
    }
    try save("model.gir", printProgram(trials.program))
    if unit.kind != .kernels { try save("model.swift", RandomNet(seed: trial.seed).source) }
    try save("check.c", CheckProgram(trials.trials, of: trials.program).text)
    let runtime = ["runtime/model/arena.c", "runtime/model/describe.c", "runtime/model/probe.c"]
    let command = try library.command(configuration) + runtime + ["check.c", "-lm", "-o", "check"]
    try save(
      "run.sh",
      """
      #!/bin/sh
      # \(problem.replacing("\n", with: " "))
      set -e
      cd "$(dirname "$0")"
      \(command.joined(separator: " "))
      OMP_NUM_THREADS=\(configuration.threads) ./check

      """)
  }
}
