internal import Foundation

/// An axis of a picture: where values are, and which are written beside it.
enum PictureAxis {
  case linear(Double, Double)
  case logarithmic(Double, Double)
  /// Words side by side.
  case words([String])

  /// An axis for numbers; `logarithmic` if all are positive and far apart.
  init(_ numbers: [Double], wide: Double) {
    let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 1)
    if low > 0, high / low >= wide {
      self = .logarithmic(low, high)
    } else if low < high {
      self = .linear(low, high)
    } else {
      let margin = low == 0 ? 1 : abs(low) / 10
      self = .linear(low - margin, high + margin)
    }
  }

  /// Returns where a number is, from 0 to 1.
  func place(_ number: Double) -> Double {
    switch self {
    case .linear(let low, let high): (number - low) / (high - low)
    case .logarithmic(let low, let high): log(number / low) / log(high / low)
    case .words: 0.5
    }
  }

  /// Returns where a value is, which is a number unless the axis has words.
  func place(of text: String) -> Double {
    guard case .words(let words) = self else { return Double(text).map(place) ?? 0.5 }
    guard let i = words.firstIndex(of: text) else { return 0.5 }
    return (Double(i) + 0.5) / Double(words.count)
  }

  /// What is written beside it, and where.
  var ticks: [(place: Double, text: String)] {
    switch self {
    case .words(let words): return words.map { (place(of: $0), $0) }
    case .linear(let low, let high): return Self.round(low, high).map { (place($0), short($0)) }
    case .logarithmic(let low, let high):
      let powers =
        Int(
          log10(low).rounded(.up))...max(
          Int(log10(low).rounded(.up)), Int(log10(high).rounded(.down)))
      let step = max(1, (powers.count + 3) / 4)
      let numbers = powers.filter { ($0 - powers.lowerBound).isMultiple(of: step) }
        .map { pow(10, Double($0)) }.filter { low...high ~= $0 }
      // Less than two decades have no two powers of ten.
      return (numbers.count >= 2 ? numbers : [low, (low * high).squareRoot(), high])
        .map { (place($0), String(format: "%.3g", $0)) }
    }
  }

  // Round numbers between two others, three to seven.
  private static func round(_ low: Double, _ high: Double) -> [Double] {
    let power = pow(10, log10((high - low) / 3).rounded(.down))
    let step = [5, 2, 1].map { $0 * power }.first { (high - low) / $0 >= 3 } ?? power
    let first = Int((low / step).rounded(.up)), last = Int((high / step).rounded(.down))
    return first <= last ? (first...last).map { Double($0) * step } : [low, high]
  }
}
