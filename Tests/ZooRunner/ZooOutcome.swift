package import Foundation
internal import TestSupport

/// What became of the runs of an example, with one seed.
package struct ZooOutcome: Sendable {
  /// What is wrong, a line each; empty if all expectations hold.
  package internal(set) var problems: [String] = []
  /// The number of each expectation, in their order; nil of a run that has no such seed.
  package internal(set) var numbers: [Double?] = []
  /// Processor seconds of training, with one thread; with those of building in the short form.
  package internal(set) var seconds = 0.0
  /// Bytes of state and working memory, as gcomp announces them.
  package internal(set) var bytes = 0
  /// Lines of the model's C.
  package internal(set) var linesOfC = 0
}

extension ZooSheet {
  /// Runs the commands of the example in a copy of its folder.
  ///
  /// - Parameters:
  ///   - isShort: takes the form of some seconds.
  ///   - scratch: an empty folder.
  ///   - gcomp: the compiler.
  package func run(
    isShort: Bool, seed: Int, in scratch: URL, gcomp: URL
  ) throws -> ZooOutcome {
    let files = FileManager.default
    let place = scratch.appending(path: name)
    let examples = folder.deletingLastPathComponent().deletingLastPathComponent()
    try files.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try files.createDirectory(at: place, withIntermediateDirectories: true)
    for item in try files.contentsOfDirectory(atPath: folder.path)
    where item != "build" && item != "runs" {
      try files.copyItem(at: folder.appending(path: item), to: place.appending(path: item))
    }
    try files.createSymbolicLink(
      at: scratch.appending(path: "data"), withDestinationURL: examples.appending(path: "data"))
    let tools = scratch.appending(path: "tools")
    try files.createDirectory(at: tools, withIntermediateDirectories: true)
    try files.createSymbolicLink(
      at: tools.appending(path: "gcomp"), withDestinationURL: gcomp)
    var outcome = ZooOutcome()
    for run in isShort ? short : runs {
      guard seed < run.seeds else {
        outcome.numbers += run.expectations.map { _ in nil }
        continue
      }
      try outcome.add(run, seed: seed, isShort: isShort, in: place, tools: tools)
      if !outcome.problems.isEmpty { break }
    }
    outcome.linesOfC = try linesOfC(place)
    return outcome
  }

  private func linesOfC(_ place: URL) throws -> Int {
    let build = place.appending(path: "build")
    guard let models = try? FileManager.default.contentsOfDirectory(atPath: build.path) else {
      return 0
    }
    return try models.reduce(0) { sum, model in
      let file = build.appending(path: "\(model)/\(model).c")
      guard FileManager.default.fileExists(atPath: file.path) else { return sum }
      return sum + (try String(contentsOf: file, encoding: .utf8).count { $0 == "\n" })
    }
  }
}

extension ZooOutcome {
  // Runs one command and judges what it gives.
  fileprivate mutating func add(
    _ run: ZooRun, seed: Int, isShort: Bool, in place: URL, tools: URL
  ) throws {
    var command = run.command.replacingOccurrences(of: "{seed}", with: "\(seed)")
    let isTraining = command.hasPrefix("gcomp train")
    if isShort, let start = command.prefixMatch(of: #/gcomp (train|infer) /#) {
      command = start.0 + "--quick " + command[start.range.upperBound...]
    }
    if !isTraining, !run.expectations.isEmpty, !command.contains("--output") {
      command += (command.contains(" -- ") ? "" : " --") + " --output zoo.json"
    }
    func shell(_ text: String) throws -> (status: Int32, output: String) {
      let path = "\(tools.path):\(ProcessInfo.processInfo.environment["PATH"] ?? "")"
      return try runProgram(
        "env", ["PATH=\(path)", "OMP_NUM_THREADS=1", "sh", "-c", text], in: place)
    }
    if isTraining && !isShort {
      // Built before, so that the time below is that of the training alone.
      let flags = command.range(of: " -- ")?.lowerBound ?? command.endIndex
      _ = try shell(command[..<flags].replacingOccurrences(of: "gcomp train", with: "gcomp build"))
    }
    let (status, output) = try shell("\(command); status=$?; times; exit $status")
    guard status == 0 else {
      problems.append("'\(command)' ended with \(status): \(output.suffix(600))")
      return
    }
    bytes = max(bytes, Self.announced(output))
    let values: ZooValues
    if isTraining {
      values = try ZooValues(results: Self.newestResults(in: place))
      seconds += Self.processorSeconds(output)
    } else if command.contains("-.json") {
      values = ZooValues(outputs: output)
    } else {
      let file = place.appending(path: "zoo.json")
      values = ZooValues(outputs: (try? String(contentsOf: file, encoding: .utf8)) ?? "")
    }
    for expectation in run.expectations {
      guard let number = expectation.found(in: values) else {
        let names = values.last.keys.sorted().prefix(12).joined(separator: ", ")
        problems.append("there is no '\(expectation.value)' after '\(command)', only \(names)")
        continue
      }
      numbers.append(number)
      if !expectation.isAim, !expectation.holds(for: number) {
        problems.append("expected \(expectation.text), found \(number), with seed \(seed)")
      }
    }
  }

  // What the shell's `times` says of all commands: its last line, as "1m2.34s 0m0.05s".
  private static func processorSeconds(_ output: String) -> Double {
    let line = output.split(separator: "\n").last ?? ""
    return line.matches(of: #/([0-9]+)m([0-9.]+)s/#).map {
      (Double($0.1) ?? 0) * 60 + (Double($0.2) ?? 0)
    }.reduce(0, +)
  }

  // The sum of "N B of state, N KB of working memory", as gcomp prints it.
  private static func announced(_ output: String) -> Int {
    let units = ["B": 1.0, "KB": 1024, "MB": 1_048_576, "GB": 1_073_741_824]
    var sum = 0.0
    for match in output.matches(of: /([0-9.]+) (B|KB|MB|GB) of (?:state|working memory)/) {
      sum += (Double(match.1) ?? 0) * (units[String(match.2)] ?? 1)
    }
    return Int(sum)
  }

  // The texts of results.csv, or of results-PHASE.csv, in the folder of the newest run.
  private static func newestResults(in place: URL) throws -> [String] {
    let runs = place.appending(path: "runs")
    var newest: (time: Date, texts: [URL])?
    for run in (try? FileManager.default.contentsOfDirectory(atPath: runs.path)) ?? [] {
      let folder = runs.appending(path: run)
      let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasPrefix("results") && $0.hasSuffix(".csv") }
        .map { folder.appending(path: $0) }
      let dated = files.compactMap { file -> (time: Date, file: URL)? in
        let facts = try? FileManager.default.attributesOfItem(atPath: file.path)
        return (facts?[.modificationDate] as? Date).map { ($0, file) }
      }.sorted { $0.time < $1.time }
      guard let last = dated.last else { continue }
      if newest.map({ last.time > $0.time }) ?? true { newest = (last.time, dated.map(\.file)) }
    }
    return try newest?.texts.map { try String(contentsOf: $0, encoding: .utf8) } ?? []
  }
}
