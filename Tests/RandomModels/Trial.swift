package import GraphIR
internal import LoopIR

/// One call of a compiled function, and what it must give.
package struct Trial: Sendable {
  /// The seed of the kernel or net that it belongs to.
  package let seed: Int
  /// The model whose function it is.
  package let model: String
  package let function: String
  /// The states that are set before.
  package let before: [(name: String, numbers: Numbers)]
  package let inputs: [Numbers]
  /// The states that are read afterwards.
  package let reads: [String]
  /// The outputs in their order, then the states.
  package let expected: [Numbers]

  /// What lies out of its bounds in what was found, or nil.
  package func problem(_ found: [[Double]]) -> String? {
    guard found.count == expected.count else {
      return "\(function): \(found.count) results instead of \(expected.count)"
    }
    for (i, (values, wanted)) in zip(found, expected).enumerated() {
      guard values.count == wanted.values.count else {
        return "\(function): \(title(i)) has \(values.count) elements"
      }
      let wrong = values.indices.filter {
        !(distance(values[$0], wanted.values[$0]) <= 2 * wanted.bounds[$0])
      }
      guard let worst = wrong.first else { continue }
      return """
        \(function): \(wrong.count) of \(values.count) elements of \(title(i)) \(wanted.type), \
        first \(worst): \(values[worst]) instead of \(wanted.values[worst]) \
        ± \(wanted.bounds[worst])
        """
    }
    return nil
  }

  private func title(_ i: Int) -> String {
    let outputs = expected.count - reads.count
    return i < outputs ? "output \(i)" : "'\(reads[i - outputs])'"
  }
}

/// How many numbers were compared, and how well is known what they must be.
package struct Comparison: Sendable {
  package var numbers = 0
  /// Those with a bound that is finite.
  package var bounded = 0
  /// Those with a bound of at most a thirty-second of the largest number of their tensor.
  package var useful = 0

  package init() {}

  /// The numbers of a trial.
  package init(_ trial: Trial) {
    for numbers in trial.expected {
      let largest = numbers.values.reduce(0) { $1.isFinite ? max($0, $1.magnitude) : $0 }
      self.numbers += numbers.values.count
      bounded += numbers.bounds.count { $0.isFinite }
      useful += numbers.bounds.count { $0 <= largest / 32 }
    }
  }

  package static func += (a: inout Comparison, b: Comparison) {
    a.numbers += b.numbers
    a.bounded += b.bounded
    a.useful += b.useful
  }
}
