package import LoopIR
package import Support

/// The value that a state has when the function begins.
///
///     %0 = read {@3} : f32[128, 784]
package struct ReadState: TypedOperation {
  package let state: StateID
  package let type: TensorType

  package init(_ state: StateID, _ type: TensorType) {
    self.state = state
    self.type = type
  }

  package static let word = "read"
  package var attributes: String { "@\(state.index)" }

  package init(from text: inout OperationText) throws(ParseError) {
    state = try text.attributes.stateID()
    type = try text.type()
  }

  package var operandCount: ClosedRange<Int> { 0...0 }
  package var role: FusionRole { .boundary }

  package func retyped(_ change: (ElementType) -> ElementType) -> ReadState {
    ReadState(state, type.retyped(change))
  }

  /// No operands; the type is that of the state.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] { [type] }

  /// None: there are no operands.
  package func gradient(_ context: GradientContext) -> [Tensor?] { [] }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  { .none }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    preconditionFailure("the value of a state is given to the interpreter")
  }
}
