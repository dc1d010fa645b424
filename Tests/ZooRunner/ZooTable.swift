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
    var found: [String] = []
    for (i, expectation) in expectations.enumerated().prefix(3) {
      let numbers = outcomes.compactMap { i < $0.numbers.count ? $0.numbers[i] : nil }
      if numbers.isEmpty { continue }
      found.append("`\(expectation.value)` \(Self.summary(numbers))")
    }
    let failed = outcomes.count { !$0.problems.isEmpty }
    if failed > 0 { found.append("**\(failed) of \(outcomes.count) runs missed it**") }
    let seconds = outcomes.map(\.seconds).reduce(0, +) / Double(max(outcomes.count, 1))
    let swift = Self.lines(of: sheet.folder.appending(path: "model.swift"))
    let cells = [
      "[\(sheet.system)](../examples/\(sheet.name)/README.md)", sheet.data, sheet.published,
      found.joined(separator: "; "), seconds > 0 ? Self.short(seconds) : "",
      Self.size(outcomes.map(\.bytes).max() ?? 0), "\(swift)",
      "\(outcomes.map(\.linesOfC).max() ?? 0)",
    ]
    rows[sheet.name] = "| " + cells.joined(separator: " | ") + " |"
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
    case 0: ""
    case ..<1_048_576: "\(short(Double(bytes) / 1024)) KB"
    default: "\(short(Double(bytes) / 1_048_576)) MB"
    }
  }

  // Lines that are not empty.
  private static func lines(of file: URL) -> Int {
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").count { !$0.allSatisfy(\.isWhitespace) }
  }
}
