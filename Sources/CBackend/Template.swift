/// A file with holes such as `@model@`; `@@` stands for one `@`.
package struct Template {
  /// A hole without a value, or a value without a hole: a mistake in gcomp or in the template.
  package enum Mistake: Error, Hashable, CustomStringConvertible {
    case missing(template: String)
    case unknownHole(String, template: String)
    case unusedValue(String, template: String)
    case openHole(line: Int, template: String)

    package var description: String {
      switch self {
      case .missing(let template): "template '\(template)' is missing"
      case .unknownHole(let name, let template):
        "template '\(template)' has a hole '@\(name)@' that nothing fills"
      case .unusedValue(let name, let template):
        "template '\(template)' has no hole '@\(name)@'"
      case .openHole(let line, let template):
        "template '\(template)' has an '@' without a partner in line \(line)"
      }
    }
  }

  private let name: String
  private let text: String

  package init(name: String, text: String) {
    self.name = name
    self.text = text
  }

  /// Returns the text with each hole replaced by its value.
  ///
  /// A hole that stands alone on its line and gets no text takes the line with it, and an empty
  /// line after it.
  package func filled(_ values: [String: String]) throws(Mistake) -> String {
    var lines: [String] = []
    var used: Set<String> = []
    var skipsEmpty = false
    for (n, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if skipsEmpty && line.isEmpty {
        skipsEmpty = false
        continue
      }
      skipsEmpty = false
      let filled = try fill(line, number: n + 1, values, &used)
      if filled.isEmpty && !line.isEmpty {
        skipsEmpty = true
      } else {
        lines.append(filled)
      }
    }
    if let name = values.keys.filter({ !used.contains($0) }).min() {
      throw .unusedValue(name, template: self.name)
    }
    return lines.joined(separator: "\n")
  }

  // Returns a line with its holes filled.
  private func fill(
    _ line: Substring, number: Int, _ values: [String: String], _ used: inout Set<String>
  ) throws(Mistake) -> String {
    let parts = line.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count % 2 == 1 else { throw .openHole(line: number, template: name) }
    var result = ""
    for (n, part) in parts.enumerated() {
      if n % 2 == 0 {
        result += part
      } else if part.isEmpty {
        result += "@"
      } else if let value = values[String(part)] {
        used.insert(String(part))
        result += value
      } else {
        throw .unknownHole(String(part), template: name)
      }
    }
    return result
  }
}
