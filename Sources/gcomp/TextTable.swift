/// A table in plain text.
struct TextTable {
  private var rows: [[String]]
  private let numbers: Set<Int>

  /// A table with a head; the columns `numbers` are aligned at the right.
  init(_ head: [String], numbers: Set<Int>) {
    rows = [head]
    self.numbers = numbers
  }

  mutating func add(_ row: [String]) { rows.append(row) }

  /// The rows as lines, indented by two spaces.
  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return numbers.contains(column) ? space + row[column] : row[column] + space
      }
      var line = "  " + cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}

extension Int {
  /// As people write large numbers: `1,234,567`.
  var grouped: String {
    var text = ""
    for (i, digit) in String(magnitude).reversed().enumerated() {
      if i > 0, i % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (self < 0 ? "-" : "") + text.reversed()
  }

  /// As people write amounts of memory: `12.3 KB`.
  var asBytes: String {
    if self < 1024 { return "\(self) B" }
    var value = Double(self)
    for unit in ["KB", "MB", "GB", "TB"] {
      value /= 1024
      if value < 1024 || unit == "TB" {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(unit)"
      }
    }
    return "\(self) B"
  }
}
