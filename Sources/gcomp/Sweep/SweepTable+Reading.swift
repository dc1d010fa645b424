internal import Foundation

extension SweepTable {
  /// Reads the results of a sweep that varied the same; those of trials that failed are left out.
  static func results(
    in file: URL, plan: SweepPlan, measure: SweepMeasure
  ) throws -> [[String]: TrialResult] {
    guard Files.isFile(file) else {
      throw Failure("there is no sweep to go on with: '\(file.relativePath)' is not there")
    }
    let rows = rows(of: try Files.read(file))
    let empty = SweepTable(plan: plan, measure: measure, results: [])
    guard let head = rows.first, [head] == Self.rows(of: empty.csv) else {
      throw Failure(
        "the sweep in '\(file.deletingLastPathComponent().relativePath)' varies other settings, or "
          + "compares something else",
        hints: ["its columns are \(rows.first?.joined(separator: ", ") ?? "none")"])
    }
    let (count, folds) = (plan.space.dimensions.count, plan.sweep.folds)
    var results: [[String]: TrialResult] = [:]
    for row in rows.dropFirst() where row.count == head.count && row.last == "" {
      var result = TrialResult(
        number: Int(row[0]) ?? 0, values: Array(row[1...count]), folds: folds)
      let first = folds > 1 ? count + 3 : count + 1
      result.folds = row[first..<(first + folds)].map { Double($0) }
      result.seconds = Double(row[row.count - 2]) ?? 0
      if result.measure != nil { results[result.values] = result }
    }
    return results
  }

  // The cells of a table as RFC 4180 has them, without line ends inside.
  private static func rows(of text: String) -> [[String]] {
    text.split(separator: "\n").map { line in
      var cells = [""]
      var isQuoted = false
      var rest = line
      while let letter = rest.popFirst() {
        if letter == "\"", isQuoted, rest.first == letter {
          cells[cells.count - 1].append(letter)
          rest.removeFirst()
        } else if letter == "\"" {
          isQuoted.toggle()
        } else if letter == ",", !isQuoted {
          cells.append("")
        } else {
          cells[cells.count - 1].append(letter)
        }
      }
      return cells
    }
  }
}
