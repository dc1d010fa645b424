package import LoopIR
package import Support

/// Each element converted to another type: floats are truncated towards zero and saturate at the
/// range of an integer type, integers wrap.
///
///     %1 = cast %0 : f32[32]
package struct Cast: TypedOperation {
  package let element: ElementType

  package init(to element: ElementType) { self.element = element }

  package static let word = "cast"
  package var attributes: String { "" }

  package init(from text: inout OperationText) throws(ParseError) {
    element = try text.type().element
  }

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .map }

  package func retyped(_ change: (ElementType) -> ElementType) -> Cast {
    Cast(to: change(element))
  }

  /// Any type; the shape stays.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    [TensorType(element, operands[0].shape)]
  }

  /// The seed in the type of the operand; none unless both types are floats.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let source = context.operands[0].elementType
    guard source.isFloat, element.isFloat else { return [nil] }
    return [context.seeds[0]?.cast(to: source)]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .element { access, index in .cast(access(0, index), element) }
  }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let x = operands[0]
    var result = x.viewed(as: TensorType(element, x.dims))
    for i in x.values.indices {
      result[flat: i] = x[flat: i].converted(from: x.type.element, to: element)
    }
    return [result]
  }
}
