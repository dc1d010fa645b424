internal import LoopIR
package import Support

/// The operand, treated as a constant by gradients.
///
///     %1 = stopGradient %0 : f32[32]
package struct StopGradient: Operation {
  package init() {}

  package static let word = "stopGradient"
  package var attributes: String { "" }

  package init(from text: inout OperationText) throws(ParseError) {}

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .view }

  /// Any type, which stays.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    [operands[0]]
  }

  /// None, by definition.
  package func gradient(_ context: GradientContext) -> [Tensor?] { [nil] }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .element { access, index in access(0, index) }
  }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] { [operands[0]] }
}
