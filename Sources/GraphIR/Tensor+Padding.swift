internal import LoopIR

extension Tensor {
  /// The tensor with `value` around it and between its elements, one part for each axis.
  package func padded(_ parts: [Pad.Part], value: Double) -> Tensor {
    guard self.value != nil else { return self }
    if parts.allSatisfy({ $0 == Pad.Part(low: 0, high: 0) }) { return self }
    return builder.apply(Pad(parts, value: Literal(value, elementType)), self)
  }

  /// Elements of one value before and after the elements of each axis; negative numbers remove
  /// elements.
  public func padded(_ amounts: [(before: Int, after: Int)], value: Double = 0) -> Tensor {
    padded(amounts.map { Pad.Part(low: $0.before, high: $0.after) }, value: value)
  }
}
