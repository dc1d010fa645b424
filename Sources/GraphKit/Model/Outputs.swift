public import TensorLibrary

/// The results of a function: named tensors, in the order in which they are written.
///
///     return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
public struct Outputs: ExpressibleByDictionaryLiteral {
  /// Names and tensors, in order.
  package private(set) var entries: [(name: String, value: Tensor)] = []

  /// Values written as `["name": value]`.
  public init(dictionaryLiteral entries: (String, Tensor)...) {
    self.entries = entries.map { (name: $0.0, value: $0.1) }
  }

  /// Adds one more value.
  public mutating func append(_ name: String, _ value: Tensor) { entries.append((name, value)) }
}
