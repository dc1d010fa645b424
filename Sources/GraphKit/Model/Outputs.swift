public import TensorLibrary

/// What a function may return under a name: a tensor, a measure, or words.
public protocol OutputValue {}

extension Tensor: OutputValue {}

/// The results of a function: named values, in the order in which they are written.
///
///     return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
public struct Outputs: ExpressibleByDictionaryLiteral {
  /// Names and values, in order.
  package private(set) var values: [(name: String, value: any OutputValue)] = []

  /// Values written as `["name": value]`.
  public init(dictionaryLiteral entries: (String, any OutputValue)...) {
    values = entries.map { (name: $0.0, value: $0.1) }
  }

  /// Adds one more value.
  public mutating func append(_ name: String, _ value: some OutputValue) {
    values.append((name, value))
  }

  /// The values that are tensors, or words made of one.
  package var entries: [(name: String, value: Tensor)] {
    values.compactMap { name, value in
      (value as? Tensor ?? (value as? Words)?.numbers).map { (name, $0) }
    }
  }
}
