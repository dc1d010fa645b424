package import LoopIR
package import Support

/// An input: an argument of a function or of a region.
///
///     %0 = input {0} : f32[64, 1, 8, 8] "image"
package struct Input: TypedOperation {
  package let position: Int
  package let type: TensorType

  package init(_ position: Int, _ type: TensorType) {
    self.position = position
    self.type = type
  }

  package static let word = "input"
  package var attributes: String { "\(position)" }

  package init(from text: inout OperationText) throws(ParseError) {
    position = try text.attributes.integer("a position", in: 0...text.attribute.upperBound)
    type = try text.type()
  }

  package var operandCount: ClosedRange<Int> { 0...0 }
  package var role: FusionRole { .boundary }

  package func retyped(_ change: (ElementType) -> ElementType) -> Input {
    Input(position, type.retyped(change))
  }

  /// No operands; the type is part of the operation.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] { [type] }

  /// None: there are no operands.
  package func gradient(_ context: GradientContext) -> [Tensor?] { [] }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  { .none }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    preconditionFailure("what comes from outside is given to the interpreter")
  }
}
