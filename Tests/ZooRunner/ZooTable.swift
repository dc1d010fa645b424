package import Foundation

/// The rows of `docs/zoo.md`.
package struct ZooTable {
  /// By the names of examples.
  private var rows: [String: String] = [:]

  /// The rows that a table has already, of the examples that still exist.
  package init(_ text: Substring, of sheets: [ZooSheet]) {
    let known = Set(sheets.map(\.name))
    let link = /\.\.\/examples\/([^)]*)\/README\.md/
    for line in text.split(separator: "\n") {
      guard let name = line.firstMatch(of: link)?.1 else { continue }
      if known.contains(String(name)) { rows[String(name)] = String(line) }
    }
  }

  /// Sets the row of an example to what it gave, a run for each seed.
  package mutating func add(_ sheet: ZooSheet, _ outcomes: [ZooOutcome]) {
    let expectations = sheet.runs.flatMap(\.expectations)
    let numbers = expectations.indices.map { i in
      outcomes.compactMap { i < $0.numbers.count ? $0.numbers[i] : nil }
    }
    var found = Self.shown(expectations).filter { !numbers[$0].isEmpty }.map {
      "\(Self.called(expectations[$0])) \(Self.summary(numbers[$0]))"
    }
    let failed = outcomes.count { !$0.problems.isEmpty }
    if failed > 0 { found.append("**\(failed) of \(outcomes.count) runs missed it**") }
    let missed = expectations.indices.filter { expectations[$0].isAim }.compactMap {
      Self.missed(expectations[$0], numbers[$0])
    }
    if !missed.isEmpty {
      let reason = sheet.reason.isEmpty ? "its sheet gives no reason" : sheet.reason
      found.append("*\(missed.joined(separator: "; "))*: \(reason)")
    }
    let seconds = outcomes.map(\.seconds).reduce(0, +) / Double(max(outcomes.count, 1))
    let cells = [
      "[\(sheet.system)](../examples/\(sheet.name)/README.md)", sheet.data, sheet.published,
      found.joined(separator: "; "), seconds > 0 ? Self.short(seconds) : "–",
      Self.size(outcomes.map(\.bytes).max() ?? 0), "\(Self.linesOfSwift(in: sheet.folder))",
      "\(outcomes.map(\.linesOfC).max() ?? 0)",
    ].map { $0.replacing("|", with: "\\|").replacing("<", with: "\\<") }
    rows[sheet.name] = "| " + cells.joined(separator: " | ") + " |"
  }

  // Which numbers a row shows: those that have a label, or the first three, and those aimed at.
  private static func shown(_ expectations: [ZooExpectation]) -> [Int] {
    let promises = expectations.indices.filter { !expectations[$0].isAim }
    let labelled = promises.filter { expectations[$0].label != nil }
    let first = labelled.isEmpty ? Array(promises.prefix(3)) : labelled
    let names = Set(first.map { called(expectations[$0]) })
    let aims = expectations.indices.filter {
      expectations[$0].isAim && !names.contains(called(expectations[$0]))
    }
    return first + aims
  }

  private static func called(_ expectation: ZooExpectation) -> String {
    expectation.label ?? "`\(expectation.value)`"
  }

  // By how much the mean of some runs misses an aim; nil if it does not.
  private static func missed(_ aim: ZooExpectation, _ numbers: [Double]) -> String? {
    guard !numbers.isEmpty else { return nil }
    let missing = aim.missing(from: numbers.reduce(0, +) / Double(numbers.count))
    guard missing > 0 else { return nil }
    return "\(called(aim)) misses \(aim.limit) by \(String(format: "%.2g", missing))"
  }

  /// Writes the row of an example into the table of a document, between the two lines that mark
  /// its place. Other rows remain, unless `sheets` has no such examples.
  package static func record(
    _ sheet: ZooSheet, _ outcomes: [ZooOutcome], in file: URL, of sheets: [ZooSheet]
  ) throws {
    let (begin, end) = ("<!-- begin of the table -->", "<!-- end of the table -->")
    let old = (try? String(contentsOf: file, encoding: .utf8)) ?? "\(begin)\n\(end)\n"
    guard let first = old.range(of: begin), let last = old.range(of: end) else {
      throw ZooMistake("'\(file.path)' has no lines '\(begin)' and '\(end)'")
    }
    var table = ZooTable(old[first.upperBound..<last.lowerBound], of: sheets)
    table.add(sheet, outcomes)
    let text = old[..<first.upperBound] + "\n" + table.text + "\n" + old[last.lowerBound...]
    try String(text).write(to: file, atomically: true, encoding: .utf8)
  }

  /// The tables, one for each family.
  package var text: String {
    var text = ""
    var family = ""
    for (name, row) in rows.sorted(by: { $0.key < $1.key }) {
      let next = name.prefix { $0 != "/" }
      if next != family {
        family = String(next)
        text += "\n## \(next.prefix(1).uppercased())\(next.dropFirst())\n\n"
        text += "| system | data | published | found | s | memory | Swift | C |\n"
        text += "|---|---|---|---|---|---|---|---|\n"
      }
      text += row + "\n"
    }
    return text
  }

  // The mean, and the deviation of several numbers.
  private static func summary(_ numbers: [Double]) -> String {
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    guard numbers.count > 1 else { return short(mean) }
    let squares = numbers.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
    let deviation = (squares / Double(numbers.count - 1)).squareRoot()
    return deviation == 0 ? short(mean) : "\(short(mean)) ± \(String(format: "%.2g", deviation))"
  }

  private static func short(_ number: Double) -> String { String(format: "%.4g", number) }

  private static func size(_ bytes: Int) -> String {
    switch bytes {
    case 0: "–"
    case ..<1_048_576: "\(short(Double(bytes) / 1024)) KB"
    default: "\(short(Double(bytes) / 1_048_576)) MB"
    }
  }

  // Lines that are not empty, of all files of an example.
  private static func linesOfSwift(in folder: URL) -> Int {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".swift") }.reduce(0) { sum, name in
      let file = folder.appending(path: name)
      let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
      return sum + text.split(separator: "\n").count { !$0.allSatisfy(\.isWhitespace) }
    }
  }
}
