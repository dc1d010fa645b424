package import LoopIR
package import Support

/// The same elements in row-major order under another shape.
///
///     %1 = reshape %0 : f32[32, 784]
package struct Reshape: Operation {
  package let shape: Shape

  package init(to shape: Shape) { self.shape = shape }

  package static let word = "reshape"
  package var attributes: String { "" }

  package init(from text: inout OperationText) throws(ParseError) {
    shape = try text.type().shape
  }

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .view }

  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    guard operands[0].shape.count == shape.count else { throw .reshape(operands[0], to: shape) }
    return [TensorType(operands[0].element, shape)]
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    [context.seeds[0]?.reshaped(context.operands[0].shape)]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .element { access, index in
      access(0, Reshape.move(index, from: shape.dims, to: operands[0].dims))
    }
  }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    [operands[0].viewed(as: TensorType(operands[0].type.element, shape))]
  }

  /// Returns the position in an array of shape `target` of the element at `index` in an array of
  /// shape `source` with as many elements.
  package static func move(_ index: [Index], from source: [Int], to target: [Int]) -> [Index] {
    var flat = Index(0)
    for (i, extent) in zip(index, source) { flat = flat * extent + i }
    var result: [Index] = []
    for extent in target.reversed() {
      let (quotient, remainder) = flat.divided(by: extent)
      result.append(remainder)
      flat = quotient
    }
    return result.reversed()
  }
}
