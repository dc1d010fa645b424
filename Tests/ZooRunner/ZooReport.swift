internal import Foundation
internal import Synchronization
internal import TestSupport

/// All examples, run one after the other or several at once.
package struct ZooReport {
  /// How many examples did not give what they promise.
  package private(set) var failures = 0

  /// Runs examples and prints a line for each.
  ///
  /// - Parameter record: is called as soon as an example has ended, for one example at a time, so
  ///   that a run that is stopped loses nothing.
  package init(
    _ sheets: [ZooSheet], isShort: Bool, jobs: Int,
    record: @escaping @Sendable (ZooSheet, [ZooOutcome]) throws -> Void = { _, _ in }
  ) throws {
    let state = Mutex((next: 0, failures: 0, error: (any Error)?.none))
    let gcomp = gcompExecutable
    DispatchQueue.concurrentPerform(iterations: jobs) { _ in
      while true {
        let i = state.withLock { state in
          defer { state.next += 1 }
          return state.error == nil ? state.next : sheets.count
        }
        guard i < sheets.count else { return }
        let outcomes = Self.run(sheets[i], isShort, gcomp)
        state.withLock { state in
          if outcomes.contains(where: { !$0.problems.isEmpty }) { state.failures += 1 }
          Self.show(sheets[i], outcomes)
          do { try record(sheets[i], outcomes) } catch { state.error = state.error ?? error }
        }
      }
    }
    let end = state.withLock { $0 }
    if let error = end.error { throw error }
    failures = end.failures
    print("\(sheets.count) examples, \(failures) without what they promise")
  }

  // A run for each seed.
  private static func run(_ sheet: ZooSheet, _ isShort: Bool, _ gcomp: URL) -> [ZooOutcome] {
    (0..<(isShort ? 1 : sheet.seeds)).map { seed in
      do {
        return try withTemporaryFolder {
          try sheet.run(isShort: isShort, seed: seed, in: $0, gcomp: gcomp)
        }
      } catch {
        var outcome = ZooOutcome()
        outcome.problems = ["\(error)"]
        return outcome
      }
    }
  }

  private static func show(_ sheet: ZooSheet, _ outcomes: [ZooOutcome]) {
    let problems = outcomes.flatMap(\.problems)
    let seconds = outcomes.map(\.seconds).reduce(0, +)
    let time = seconds > 0 ? String(format: "  %.1f s", seconds) : ""
    print("\(problems.isEmpty ? "ok    " : "FAILED")  \(sheet.name)\(time)")
    for problem in problems { print("        \(problem)") }
    fflush(nil)
  }
}
