internal import Foundation
internal import RandomModels

/// Starts workers, starts them again behind a unit that ended one, and adds up what they report.
final class Sweep: @unchecked Sendable {
  private let options: Options
  private let arguments: [String]
  private let program: String
  private let lock = NSLock()
  private var totals: [String: Tally] = [:]
  private var failures: [Failure] = []
  private var drawing = 0.0
  private let start = now()

  init(options: Options, arguments: [String], program: String) {
    (self.options, self.arguments, self.program) = (options, arguments, program)
  }

  /// Runs all units; returns true iff nothing failed.
  func run() throws -> Bool {
    let compilers = Compiler.found(options.compilers)
    guard !compilers.isEmpty else {
      throw Mistake(description: "none of \(options.compilers) is a compiler here")
    }
    try FileManager.default.createDirectory(
      atPath: options.failures, withIntermediateDirectories: true)
    let units = options.units
    DispatchQueue.concurrentPerform(iterations: options.jobs) { job in
      var next = job
      while next < units.count {
        next = work(units, from: next)
      }
    }
    printTable(compilers)
    return failures.isEmpty
  }

  // A worker for every unit from `first` on that belongs to the job; returns where to go on.
  private func work(_ units: [Unit], from first: Int) -> Int {
    let last = first + (units.count - 1 - first) / options.jobs * options.jobs
    var current: Unit?
    var done = first
    let end = spawn(first...last, step: options.jobs, isApart: false) { report in
      if case .begin(let unit) = report { current = unit }
      if case .end = report {
        current = nil
        done += self.options.jobs
      }
      self.take(report)
    }
    guard let unit = current else {
      if done <= last { note(units[done], "the worker ended: \(end)") }
      return done <= last ? done + options.jobs : last + options.jobs
    }
    // The unit ended the worker. Its kernels are tried one by one.
    if unit.seeds.count == 1 { note(unit, "the compiler crashed: \(end)") } else { tryApart(done) }
    return done + options.jobs
  }

  private func tryApart(_ number: Int) {
    let seeds = options.units[number].seeds
    var from = 0
    while from < seeds.count {
      var current: Unit?
      var done = from
      let end = spawn(number...number, step: 1, isApart: true, skip: from) { report in
        if case .begin(let unit) = report { current = unit }
        if case .end = report {
          current = nil
          done += 1
        }
        self.take(report)
      }
      if let unit = current { note(unit, "the compiler crashed: \(end)") }
      from = done + 1
      if current == nil, done >= seeds.count { return }
    }
  }

  private func note(_ unit: Unit, _ problem: String) {
    take(
      .failure(
        Failure(
          title: unit.kind == .kernels ? "kernel" : "net", seed: unit.seeds[0], configuration: "",
          problem: problem)))
  }

  // Runs a worker; returns the last line that it wrote to the standard error.
  private func spawn(
    _ range: ClosedRange<Int>, step: Int, isApart: Bool, skip: Int = 0,
    _ take: @escaping (Report) -> Void
  ) -> String {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments =
      ["--work"] + arguments
      + ["--part", "\(range.lowerBound)", "\(range.upperBound)", "\(step)"]
      + (isApart ? ["--apart", "--skip", "\(skip)"] : [])
    let output = Pipe()
    let errors = options.folder + "/worker-\(range.lowerBound).log"
    _ = FileManager.default.createFile(atPath: errors, contents: nil)
    process.standardOutput = output
    process.standardError = FileHandle(forWritingAtPath: errors)
    do { try process.run() } catch { return "\(error)" }
    var rest = Data()
    while true {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { break }
      rest += data
      while let end = rest.firstIndex(of: 10) {
        let line = rest[rest.startIndex..<end]
        rest = Data(rest[(end + 1)...])
        if let report = try? JSONDecoder().decode(Report.self, from: line) { take(report) }
      }
    }
    process.waitUntilExit()
    let said = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
    let lines = said.split(separator: "\n")
    return String((lines.first { $0.contains("atal error") } ?? lines.first ?? "").prefix(600))
  }

  private func take(_ report: Report) {
    lock.withLock {
      switch report {
      case .begin, .end: break
      case .drawn(let seconds): drawing += seconds
      case .build(let tally, let configuration, let compiler):
        totals[configuration, default: Tally()] += tally
        totals[compiler, default: Tally()] += tally
        totals["all", default: Tally()] += tally
      case .failure(let failure):
        failures.append(failure)
        say(failure.line)
      }
    }
  }

  private func printTable(_ compilers: [Compiler]) {
    let total = totals["all"] ?? Tally()
    let rows = compilers.map(\.name)
      .flatMap { name in totals.keys.filter { $0 == name || $0.hasPrefix(name + " ") }.sorted() }
    say(Table.text(rows.map { ($0, totals[$0] ?? Tally()) } + [("all", total)]))
    func share(_ part: Int) -> String {
      let percent = 100 * Double(part) / Double(max(total.numbers, 1))
      return String(format: "%.2f %%", percent)
    }
    let took = String(format: "%.0f s, of which drawing and interpreting took", now() - start)
    let drawn =
      "\(options.kernels) kernels, \(options.nets) nets, \(options.models) models"
    say(
      """
      \(drawn) from seed \(options.seed): \(failures.count) failures
      \(share(total.bounded)) of the numbers have a finite bound, \(share(total.useful)) one of \
      at most 1/32 of the largest of their tensor
      \(took) \(String(format: "%.0f s", drawing)) in \(options.jobs) processes
      """)
  }
}

// Writes a line at once, also to a file.
private func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

/// The table at the end.
enum Table {
  static func text(_ rows: [(title: String, tally: Tally)]) -> String {
    let head = [
      "compiler and flags", "kernels", "nets", "models", "numbers", "out of bounds", "crashes",
      "not compiled", "warnings", "compiling", "running",
    ]
    let cells =
      [head]
      + rows.map { title, tally in
        [
          title, "\(tally.kernels)", "\(tally.nets)", "\(tally.models)", "\(tally.numbers)",
          "\(tally.outOfBounds)", "\(tally.crashes)", "\(tally.compileFailures)",
          "\(tally.warnings)",
          String(format: "%.0f s", tally.compiling), String(format: "%.0f s", tally.running),
        ]
      }
    let widths = head.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    return cells.map { row in
      row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
