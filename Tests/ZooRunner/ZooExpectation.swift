internal import Foundation

/// What a run must give, as in `best validation_accuracy >= 0.95` or `p[0,1] = 0.209 +- 1e-9`, with
/// ` as LABEL` if tables shall call it otherwise.
package struct ZooExpectation: Sendable {
  /// How a number is judged.
  enum Rule: Sendable {
    case atLeast(Double)
    case atMost(Double)
    case equal(Double, within: Double)
  }

  /// The line of the sheet.
  package let text: String
  /// The number: a column of results.csv, or an output with the place of an element.
  package let value: String
  /// What tables call it, if not by the name of the number.
  let label: String?
  /// True iff the best line of the column counts, not the last one.
  let isBest: Bool
  /// True iff it is what others reached or ask for: a run that misses it has not failed.
  let isAim: Bool
  let rule: Rule

  init(_ text: String, isAim: Bool = false) throws {
    self.text = text
    self.isAim = isAim
    let parts = text.split(separator: " as ", maxSplits: 1)
    label = parts.count == 2 ? String(parts[1]) : nil
    var words = (parts.first ?? "").split(separator: " ").map(String.init)
    isBest = words.first == "best"
    if isBest { words.removeFirst() }
    func number(_ i: Int) throws -> Double {
      guard i < words.count, let number = Double(words[i]) else {
        throw ZooMistake("expected NAME and >=, <= or = and a number, found '\(text)'")
      }
      return number
    }
    let limit = try number(2)
    value = words[0]
    switch (words[1], words.count) {
    case (">=", 3): rule = .atLeast(limit)
    case ("<=", 3): rule = .atMost(limit)
    case ("=", 5) where words[3] == "+-": rule = .equal(limit, within: try number(4))
    default: throw ZooMistake("expected >= A, <= A or = A +- B after a name, found '\(text)'")
    }
  }

  /// The number that the run gave; nil if it has none of that name.
  func found(in values: ZooValues) -> Double? {
    guard isBest else { return values.last[value] }
    if case .atMost = rule { return values.least[value] }
    return values.most[value]
  }

  func holds(for number: Double) -> Bool { missing(from: number) <= 0 }

  /// By how much a number misses it; not above 0 if it does not.
  func missing(from number: Double) -> Double {
    switch rule {
    case .atLeast(let limit): limit - number
    case .atMost(let limit): number - limit
    case .equal(let wanted, let tolerance): (number - wanted).magnitude - tolerance
    }
  }

  /// The number that it is about, as text.
  var limit: String {
    let number =
      switch rule {
      case .atLeast(let limit), .atMost(let limit), .equal(let limit, _): limit
      }
    return String(format: "%.6g", number)
  }
}
