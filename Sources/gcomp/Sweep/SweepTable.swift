internal import Foundation

/// The results of a sweep as text.
struct SweepTable {
  let plan: SweepPlan
  let measure: SweepMeasure
  let results: [TrialResult]

  // Rows that are shown; the file has all.
  private static let most = 20
  private static let columns = 80

  /// A line for each trial, in order: `results.csv`.
  var csv: String {
    let folds = plan.sweep.folds
    let names = plan.space.dimensions.map(\.name)
    let parts = folds > 1 ? ["deviation"] + (1...folds).map { "fold_\($0)" } : []
    var rows = [["trial"] + names + [measure.name] + parts + ["seconds", "failed"]]
    for result in results.sorted(by: { $0.number < $1.number }) {
      let values = [result.measure] + (folds > 1 ? [result.deviation] + result.folds : [])
      rows.append(
        ["\(result.number)"] + result.values + values.map { $0.map { "\($0)" } ?? "" }
          + [String(format: "%.2f", result.seconds), result.reason ?? ""])
    }
    return rows.map { $0.map(Self.quoted).joined(separator: ",") + "\n" }.joined()
  }

  /// The best trials, and those that failed, for a terminal.
  var text: String {
    let ranked = results.ranked(by: measure)
    let failed = results.filter { $0.measure == nil }.sorted { $0.number < $1.number }
    var text = ranked.isEmpty ? "" : table(Array(ranked.prefix(Self.most)))
    if ranked.count > Self.most {
      text += "  and \(ranked.count - Self.most) more, which are in results.csv\n"
    }
    for result in failed.prefix(Self.most) {
      text += "  trial \(result.number) failed:\n" + wrapped(plan.words(of: result.values))
      text += wrapped(result.reason ?? "no result")
    }
    return text
  }

  // As wide as it may be: without seconds, or with the settings in lines of their own.
  private func table(_ ranked: [TrialResult]) -> String {
    let wide = table(ranked, names: plan.space.dimensions.map(\.title), hasSeconds: true) {
      $0.values
    }
    if fits(wide) { return wide }
    let narrow = table(ranked, names: plan.space.dimensions.map(\.title), hasSeconds: false) {
      $0.values
    }
    if fits(narrow) { return narrow }
    let bare = table(ranked, names: [], hasSeconds: true) { _ in [] }
    let lines = bare.split(separator: "\n")
    return lines[0] + "\n"
      + zip(lines.dropFirst(), ranked).map { line, result in
        line + "\n" + wrapped(plan.words(of: result.values))
      }.joined()
  }

  private func table(
    _ ranked: [TrialResult], names: [String], hasSeconds: Bool, _ values: (TrialResult) -> [String]
  ) -> String {
    let hasDeviation = plan.sweep.folds > 1
    let head =
      ["trial"] + names + [measure.name] + (hasDeviation ? ["+-"] : [])
      + (hasSeconds ? ["seconds"] : [])
    var table = TextTable(head, numbers: Set(head.indices))
    for result in ranked {
      let numbers = [result.measure] + (hasDeviation ? [result.deviation] : [])
      table.add(
        ["\(result.number)"] + values(result) + numbers.map { $0.map(Self.fixed) ?? "" }
          + (hasSeconds ? [String(format: "%.1f", result.seconds)] : []))
    }
    return table.text
  }

  private func fits(_ text: String) -> Bool {
    text.split(separator: "\n").allSatisfy { $0.count <= Self.columns }
  }

  // Words in lines that are indented below a row.
  private func wrapped(_ words: String) -> String {
    var lines = ["       "]
    for word in words.split(whereSeparator: \.isWhitespace) {
      if lines[lines.count - 1].count + word.count + 1 > Self.columns { lines.append("       ") }
      lines[lines.count - 1] += " " + word
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A measure as it is shown.
  static func fixed(_ number: Double) -> String { String(format: "%.5g", number) }

  // As in RFC 4180.
  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { ",\"\n".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"").replacing("\n", with: " ") + "\""
  }
}
