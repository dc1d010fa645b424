package import Foundation
internal import Synchronization
internal import TestSupport

/// All examples, run one after the other or several at once.
package struct ZooReport {
  /// How many examples did not give what they promise.
  package private(set) var failures = 0
  private var results: [(sheet: ZooSheet, outcomes: [ZooOutcome])] = []

  /// Runs examples and prints a line for each.
  package init(_ sheets: [ZooSheet], isShort: Bool, jobs: Int) throws {
    let found = Mutex<[Int: [ZooOutcome]]>([:])
    let next = Mutex(0)
    let gcomp = gcompExecutable
    DispatchQueue.concurrentPerform(iterations: jobs) { _ in
      while true {
        let i = next.withLock { number in
          defer { number += 1 }
          return number
        }
        guard i < sheets.count else { return }
        let outcomes = Self.run(sheets[i], isShort, gcomp)
        found.withLock { $0[i] = outcomes }
        Self.show(sheets[i], outcomes)
      }
    }
    let all = found.withLock { $0 }
    for (i, sheet) in sheets.enumerated() {
      let outcomes = all[i] ?? []
      if outcomes.contains(where: { !$0.problems.isEmpty }) { failures += 1 }
      results.append((sheet, outcomes))
    }
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

  /// Writes the rows of the examples that were run into the table of a document, between the two
  /// lines that mark its place. Other rows remain, unless `sheets` has no such examples.
  package func write(to file: URL, of sheets: [ZooSheet]) throws {
    let (begin, end) = ("<!-- begin of the table -->", "<!-- end of the table -->")
    let old = (try? String(contentsOf: file, encoding: .utf8)) ?? "\(begin)\n\(end)\n"
    guard let first = old.range(of: begin), let last = old.range(of: end) else {
      throw ZooMistake("'\(file.path)' has no lines '\(begin)' and '\(end)'")
    }
    var table = ZooTable(old[first.upperBound..<last.lowerBound], of: sheets)
    for (sheet, outcomes) in results { table.add(sheet, outcomes) }
    let text = old[..<first.upperBound] + "\n" + table.text + "\n" + old[last.lowerBound...]
    try String(text).write(to: file, atomically: true, encoding: .utf8)
  }
}
