internal import Foundation

/// One thing that a sweep varies: an option of the model or a flag of its train program.
struct Dimension {
  /// Who gets the value.
  enum Source {
    case option, flag
  }

  /// What is tried.
  enum Values {
    case list([String])
    case range(NumberRange)
  }

  let name: String
  let source: Source
  let values: Values

  /// Reads `16,64` or `1e-4..1e-2`; nil for a single value.
  init?(_ name: String, _ source: Source, _ text: String) throws {
    self.name = name
    self.source = source
    if let range = try NumberRange(text, of: name) {
      values = .range(range)
      return
    }
    let words = text.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    if words.count < 2 { return nil }
    if words.contains("") { throw UsageError("a value of '\(name)' is empty: '\(text)'") }
    if let twice = words.first(where: { word in words.count { $0 == word } > 1 }) {
      throw UsageError("'\(twice)' stands twice among the values of '\(name)'")
    }
    values = .list(words)
  }

  /// As people write it on a command line.
  var title: String { source == .option ? name : "--\(name)" }

  /// The first value, or the lower end.
  var first: String {
    switch values {
    case .list(let words): words[0]
    case .range(let range): range.text(at: 0)
    }
  }
}

/// Numbers between two ends, written as `1e-4..1e-2`.
struct NumberRange: Hashable {
  let low: Double
  let high: Double
  /// True iff both ends are written as whole numbers; only whole ones are tried then.
  let isWhole: Bool

  /// True iff all factors are as likely: the ends are positive, and one is at least ten times the
  /// other.
  var isLogarithmic: Bool { low > 0 && high / low >= 10 }

  /// Reads a range; nil for any other text, such as `../data`.
  init?(_ text: String, of name: String) throws {
    guard let dots = text.firstRange(of: ".."),
      let low = Double(text[..<dots.lowerBound]), let high = Double(text[dots.upperBound...])
    else { return nil }
    guard low < high, low.isFinite, high.isFinite else {
      throw UsageError(
        "a range goes from the smaller to the larger end, as 1e-4..1e-2; '\(name)' has '\(text)'")
    }
    self.low = low
    self.high = high
    isWhole = Int(text[..<dots.lowerBound]) != nil && Int(text[dots.upperBound...]) != nil
  }

  /// Returns the number at a place between 0, the lower end, and 1.
  func text(at place: Double) -> String {
    let share = min(max(place, 0), 1)
    // Each whole number has an equal part; at the ends as between them.
    let (a, b) = isWhole && !isLogarithmic ? (low - 0.5, high + 0.5) : (low, high)
    let number = isLogarithmic ? a * pow(b / a, share) : a + (b - a) * share
    if isWhole { return "\(Int(min(max(number.rounded(), low), high)))" }
    return short(min(max(number, low), high))
  }

  /// Returns the place of a number that `text` gave.
  func place(of text: String) -> Double {
    guard let number = Double(text) else { return 0.5 }
    let (a, b) = isWhole && !isLogarithmic ? (low - 0.5, high + 0.5) : (low, high)
    return isLogarithmic ? log(number / a) / log(b / a) : (number - a) / (b - a)
  }
}

/// A number with six digits at most, as `0.00123` or `1e-07`.
func short(_ number: Double) -> String {
  if number == 0 { return "0" }
  return String(format: "%.6g", number)
}
