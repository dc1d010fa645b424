internal import LoopIR

extension Tensor {
  /// The slices of an axis at positions in a tensor of integers, whose axes replace that axis.
  /// Positions are clamped to the axis, so negative ones count as 0.
  public func gather(_ positions: Tensor, axis: Int = 0) -> Tensor {
    guard let axis = self.axis(axis, of: "gather") else { return builder.poison() }
    guard positions.value != nil, Tensor.together([self, positions], "gather") else {
      return builder.poison()
    }
    return builder.apply(Gather(axis: axis), self, positions)
  }

  /// A tensor of `bool` with a new last axis of extent `count`: true where the position equals the
  /// integer, and false everywhere for an integer outside the axis.
  public func oneHot(_ count: Int) -> Tensor {
    guard value != nil else { return self }
    guard elementType.isInteger else {
      builder.fail(.needsInteger("oneHot", "classes", type), operands: [self])
      return builder.poison()
    }
    guard count > 0 else {
      builder.fail(.positive("oneHot", "count", count), operands: [self])
      return builder.poison()
    }
    let shape = Shape(shape.dims + [count])
    let classes = builder.apply(Iota(axis: rank, TensorType(elementType, shape)))
    return expanded(at: -1).broadcast(to: shape) .== classes
  }
}

extension Tensor {
  /// A vector of zeros with the elements of this vector added at positions.
  package func scattered(at positions: Tensor, of count: Int) -> Tensor {
    builder.apply(ScatterAdd(axis: 0, extent: count), positions, self)
  }
}

extension GraphBuilder {
  /// Random words, one for each element of `shape`, a pure function of the key (two words), the
  /// step, the number of the call, the step of the loop around it and the position.
  package func randomBits(
    key: Tensor, step: Tensor, ordinal: Int, scan: Tensor? = nil, shape: Shape
  ) -> Tensor {
    guard key.value != nil, step.value != nil else { return poison() }
    // Inside a loop the key is captured as it is and broadcast there, which costs nothing.
    func inside(_ x: Tensor) -> Tensor { imported(x).map { tensor($0) } ?? x }
    let (key, step) = (inside(key), inside(step))
    func word(_ x: Tensor) -> Tensor { x.reshaped([]).broadcast(to: shape, axes: []) }
    let type = TensorType(.u32, shape)
    let position = apply(Iota(axis: 0, TensorType(.u32, [shape.count]))).reshaped(shape)
    return apply(
      Map(.randomBits), word(key.sliced(0, 0..<1)), word(key.sliced(0, 1..<2)), word(step),
      constant(Double(ordinal), type),
      scan.map(word) ?? constant(0, type), position)
  }
}
