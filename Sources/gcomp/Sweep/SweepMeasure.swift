internal import Foundation
internal import GraphIR
internal import LoopIR

/// The metric that a sweep compares, and where a training leaves it.
struct SweepMeasure {
  /// The name in the model.
  let name: String
  /// True iff the largest value is the best.
  let isLargest: Bool
  /// The phase of training whose results count; empty for the only one.
  private let phase: String

  /// Finds what is compared: what the user asks for, as in `accuracy` or `min:error`, or else what
  /// says which weights are the best.
  init(_ asked: String?, of program: GraphProgram, flags: [String]) throws {
    let named = flags.firstIndex(of: "--phase").flatMap { flags.dropFirst($0 + 1).first }
    let phases = program.phases
    guard let phase = phases.first(where: { $0.name == named }) ?? phases.last else {
      throw Failure("'\(program.name)' does not learn; declare how with 'train'")
    }
    self.phase = phases.count > 1 ? phase.name : ""
    let known = Self.metrics(of: program, phase.name)
    let usual = phase.best.isEmpty ? known.first ?? "loss" : phase.best
    let direction = Self.directions.first { asked?.hasPrefix($0.word) ?? false }
    let rest = asked.map { String($0.dropFirst(direction?.word.count ?? 0)) } ?? usual
    let prefix = "validation_"
    name =
      rest.hasPrefix(prefix) && !known.contains(rest)
      ? String(rest.dropFirst(prefix.count)) : rest
    guard known.contains(name) else {
      throw UsageError(
        "'--measure' must be one of \(known.map { "'\($0)'" }.joined(separator: ", ")), not "
          + "'\(name)'\(suggestion(for: name, among: known))")
    }
    if let direction {
      isLargest = direction.isLargest
    } else if name == usual {
      isLargest = phase.isBestLargest
    } else if let isLargest = Self.isLargest(name) {
      self.isLargest = isLargest
    } else {
      throw UsageError(
        "say whether the least or the largest '\(name)' is the best: '--measure min:\(name)' or "
          + "'--measure max:\(name)'")
    }
  }

  /// True iff `a` is better than `b`.
  func isBetter(_ a: Double, than b: Double) -> Bool { isLargest ? a > b : a < b }

  /// What is lower for better values.
  func cost(_ value: Double) -> Double { isLargest ? -value : value }

  /// The name of the file with the results of a training.
  var file: String { phase.isEmpty ? "results.csv" : "results-\(phase).csv" }

  /// Returns the best value of a training, of the held-out examples if there are any; nil if the
  /// table has none.
  func best(inTable text: String) -> Double? {
    var rows = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }[...]
    guard let head = rows.popFirst()?.map(String.init),
      let column = head.firstIndex(of: "validation_\(name)") ?? head.firstIndex(of: name)
    else { return nil }
    let values = rows.compactMap { $0.indices.contains(column) ? Double($0[column]) : nil }
      .filter(\.isFinite)
    return isLargest ? values.max() : values.min()
  }

  private static let directions = [
    (word: "min:", isLargest: false), (word: "max:", isLargest: true),
  ]

  // Whether the largest is the best, of metrics whose name says so.
  private static func isLargest(_ name: String) -> Bool? {
    let words = name.lowercased()
    if words.hasSuffix("accuracy") || words.hasSuffix("f1") { return true }
    return words.hasSuffix("loss") || words.hasSuffix("error") ? false : nil
  }

  // The values that the steps of a phase return, each once.
  private static func metrics(of program: GraphProgram, _ phase: String) -> [String] {
    let kinds: [FunctionKind] = [.trainStep, .measured]
    var names: [String] = []
    for function in program.functions where kinds.contains(function.kind) {
      guard function.phase == phase else { continue }
      for case .output(let name) in function.results where !names.contains(name) {
        names.append(name)
      }
    }
    return names
  }
}
