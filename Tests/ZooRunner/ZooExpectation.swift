/// What a run must give, as in `best validation_accuracy >= 0.95` or `p[0,1] = 0.209 +- 1e-9`.
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
  /// True iff the best line of the column counts, not the last one.
  let isBest: Bool
  let rule: Rule

  init(_ text: String) throws {
    self.text = text
    var words = text.split(separator: " ").map(String.init)
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

  func holds(for number: Double) -> Bool {
    switch rule {
    case .atLeast(let limit): number >= limit
    case .atMost(let limit): number <= limit
    case .equal(let wanted, let tolerance): (number - wanted).magnitude <= tolerance
    }
  }
}
