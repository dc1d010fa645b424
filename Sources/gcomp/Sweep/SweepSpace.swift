internal import Foundation

/// All settings that a sweep may try. A trial has one value for each dimension.
struct SweepSpace {
  let dimensions: [Dimension]

  /// True iff some dimension has no list of values.
  var hasRanges: Bool {
    dimensions.contains { if case .range = $0.values { true } else { false } }
  }

  /// Every combination of the lists; the last dimension changes fastest.
  var grid: [[String]] {
    dimensions.reduce([[]]) { rows, dimension in
      guard case .list(let words) = dimension.values else { return rows }
      return rows.flatMap { row in words.map { row + [$0] } }
    }
  }

  /// The number of combinations; nil if there are too many to count, as of real numbers.
  var count: Int? {
    var product = 1
    for dimension in dimensions {
      let own: Int
      switch dimension.values {
      case .list(let words): own = words.count
      case .range(let range):
        guard range.isWhole else { return nil }
        own = Int(range.high - range.low) + 1
      }
      let (result, overflow) = product.multipliedReportingOverflow(by: own)
      if overflow { return nil }
      product = result
    }
    return product
  }

  /// Returns a combination at random.
  func random(_ generator: inout SeededGenerator) -> [String] {
    dimensions.map { dimension in
      switch dimension.values {
      case .list(let words): words[Int(generator.unit() * Double(words.count))]
      case .range(let range): range.text(at: generator.unit())
      }
    }
  }
}

// As points for the Gaussian process: one coordinate from 0 to 1 for a dimension of numbers, and
// one for each value of others.
extension SweepSpace {
  /// How many coordinates a point has.
  var width: Int { scales.reduce(0) { $0 + $1.width } }

  private var scales: [Scale] { dimensions.map(Scale.init) }

  /// Returns the point of a trial.
  func point(of trial: [String]) -> [Double] {
    zip(scales, trial).flatMap { $0.coordinates(of: $1) }
  }

  /// Returns the trial next to a point.
  func trial(at point: [Double]) -> [String] {
    var rest = point[...]
    return scales.map { scale in
      let own = Array(rest.prefix(scale.width))
      rest = rest.dropFirst(scale.width)
      return scale.text(at: own)
    }
  }

  /// For each coordinate, true iff it can be a little more or less: not if it stands for a word.
  var isGradual: [Bool] {
    scales.flatMap { scale in
      [Bool](repeating: scale.isGradual, count: scale.width)
    }
  }
}

/// How the values of a dimension become coordinates.
private enum Scale {
  case range(NumberRange)
  /// Numbers, each with its place.
  case numbers([(text: String, place: Double)])
  case words([String])

  // Two different words are as far from each other as the ends of a range.
  private static let side = 0.5.squareRoot()

  init(_ dimension: Dimension) {
    switch dimension.values {
    case .range(let range): self = .range(range)
    case .list(let words):
      let numbers = words.compactMap { Double($0) }
      guard numbers.count == words.count, let low = numbers.min(), let high = numbers.max(),
        low < high
      else {
        self = .words(words)
        return
      }
      let isLogarithmic = low > 0 && high / low >= 10
      let places = numbers.map {
        isLogarithmic ? log($0 / low) / log(high / low) : ($0 - low) / (high - low)
      }
      self = .numbers(zip(words, places).map { (text: $0, place: $1) })
    }
  }

  var width: Int { if case .words(let words) = self { words.count } else { 1 } }

  var isGradual: Bool { if case .words = self { false } else { true } }

  func coordinates(of text: String) -> [Double] {
    switch self {
    case .range(let range): [range.place(of: text)]
    case .numbers(let list): [list.first { $0.text == text }?.place ?? 0.5]
    case .words(let words): words.map { $0 == text ? Self.side : 0 }
    }
  }

  func text(at point: [Double]) -> String {
    switch self {
    case .range(let range): return range.text(at: point[0])
    case .numbers(let list):
      return list.min { abs($0.place - point[0]) < abs($1.place - point[0]) }?.text ?? ""
    case .words(let words):
      return words.indices.max { point[$0] < point[$1] }.map { words[$0] } ?? ""
    }
  }
}

/// Random numbers that depend on a seed alone (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A number from 0 to below 1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number from the standard normal distribution.
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - unit())).squareRoot()
    return radius * cos(2 * Double.pi * unit())
  }
}
