package import LoopIR
package import Support

/// The value that a state has after a write. It equals the operand, but is a leaf for gradients.
///
///     %9 = write %8 {@3} : f32[128, 784]
package struct WriteState: TypedOperation {
  package let state: StateID
  package let type: TensorType

  package init(_ state: StateID, _ type: TensorType) {
    self.state = state
    self.type = type
  }

  package static let word = "write"
  package var attributes: String { "@\(state.index)" }

  package init(from text: inout OperationText) throws(ParseError) {
    state = try text.attributes.stateID()
    type = try text.type()
  }

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .boundary }

  package func retyped(_ change: (ElementType) -> ElementType) -> WriteState {
    WriteState(state, type.retyped(change))
  }

  /// An operand of the type of the state.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let x = operands[0]
    guard x.element == type.element else { throw .elementTypesDiffer(mnemonic, type, x) }
    guard x.shape == type.shape else { throw .shapesDiffer(mnemonic, type, x) }
    return [type]
  }

  /// None: a write is a leaf.
  package func gradient(_ context: GradientContext) -> [Tensor?] { [nil] }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .element { access, index in access(0, index) }
  }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] { [operands[0]] }
}
