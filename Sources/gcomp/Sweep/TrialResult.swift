internal import Foundation

/// What came of one trial.
struct TrialResult {
  /// Counted from 1.
  let number: Int
  /// One for each dimension.
  let values: [String]
  /// The measure of each fold; nil where there is none.
  var folds: [Double?]
  /// The time of all its trainings.
  var seconds = 0.0
  /// Why there is no measure.
  var reason: String?

  init(number: Int, values: [String], folds: Int) {
    self.number = number
    self.values = values
    self.folds = Array(repeating: nil, count: folds)
  }

  /// The mean over the folds; nil unless all have a value.
  var measure: Double? {
    let known = folds.compactMap { $0 }
    guard reason == nil, known.count == folds.count else { return nil }
    return known.reduce(0, +) / Double(known.count)
  }

  /// The standard deviation over the folds, as that of a sample; nil with one fold.
  var deviation: Double? {
    guard let mean = measure, folds.count > 1 else { return nil }
    let squares = folds.compactMap { $0 }.map { ($0 - mean) * ($0 - mean) }
    return (squares.reduce(0, +) / Double(folds.count - 1)).squareRoot()
  }
}

extension [TrialResult] {
  /// The results with a measure, the best first; equal ones as they were tried.
  func ranked(by measure: SweepMeasure) -> [TrialResult] {
    let known = compactMap { result in result.measure.map { (result: result, value: $0) } }
    return known.sorted { a, b in
      a.value == b.value
        ? a.result.number < b.result.number : measure.isBetter(a.value, than: b.value)
    }.map(\.result)
  }
}
