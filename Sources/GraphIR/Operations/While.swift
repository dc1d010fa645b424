internal import LoopIR
package import Support

/// A loop that runs as long as a condition on the carried values holds; it has no gradient.
///
/// Operands: the first carries, and the invariants; both graphs take all of them as inputs. The
/// first graph returns one `bool[]`, the second the next carries. Results: the last carries.
///
///     %2 = while %x, %limit {carries 1} : i32[] { ... } { ... }
package struct While: ControlOperation {
  package let carries: Int
  package let condition: Graph
  package let body: Graph

  package init(carries: Int, condition: Graph, body: Graph) {
    self.carries = carries
    self.condition = condition
    self.body = body
  }

  package static let word = "while"
  package var attributes: String { "carries \(carries)" }

  package init(from text: inout OperationText) throws(ParseError) {
    try text.attributes.expect(word: "carries")
    carries = try text.attributes.integer(
      "the number of carries", in: 1...text.attribute.upperBound)
    (condition, body) = try text.twoRegions()
  }

  package var operandCount: ClosedRange<Int> { body.inputs.count...body.inputs.count }
  package var role: FusionRole { .control }
  package var regions: [Graph] { [condition, body] }

  package func replacing(regions: [Graph]) -> While {
    While(carries: carries, condition: regions[0], body: regions[1])
  }

  /// Both graphs get all operands; the first returns a `bool[]`, the second the carries with the
  /// types that they had.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    try condition.checkInputs(operands, of: mnemonic)
    try body.checkInputs(operands, of: mnemonic)
    guard carries <= operands.count, body.outputs.count == carries, condition.outputs.count == 1
    else { throw .regionCounts(mnemonic) }
    let test = condition.type(condition.outputs[0])
    guard test == TensorType(.bool, []) else { throw .predicate(mnemonic, test) }
    for (i, carry) in slots.carries.enumerated() {
      let (before, after) = (operands[carry.operand], body.type(body.outputs[carry.result]))
      if before != after { throw .carryChanges(mnemonic, i, before, after) }
    }
    return slots.carries.map { operands[$0.operand] }
  }

  /// None: the number of steps is known only at run time, and with it the memory that a gradient
  /// would need.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    context.operands.map { _ in nil }
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  { .none }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    var values = slots.carries.map { operands[$0.operand] }
    let same = slots.constants.map { operands[$0.operand] }
    var isOpen = false
    while true {
      let test = interpret(condition, inputs: values + same)[0]
      // If the test is uncertain, so is the number of steps.
      isOpen = isOpen || test.bounds[0] >= 0.5
      if test.values[0] == 0 { break }
      values = interpret(body, inputs: values + same)
    }
    return isOpen ? values.map(\.unbounded) : values
  }
}

extension While {
  /// What each operand, input and result of a loop is; both graphs have the same inputs.
  package struct Slots {
    package let carries: [CarrySlot]
    /// What stays the same.
    package let constants: [Slot]
  }

  package var slots: Slots {
    func slots(_ operands: Range<Int>) -> [Slot] {
      operands.map { Slot(operand: $0, input: $0) }
    }
    return Slots(
      carries: slots(0..<carries).enumerated().map { CarrySlot(slot: $1, result: $0) },
      constants: slots(carries..<max(carries, body.inputs.count)))
  }

  package var passed: [Slot] { slots.carries.map(\.slot) + slots.constants }
  package var constants: [Slot] { slots.constants }
}

extension Graph {
  /// Checks that the inputs are `operands`.
  func checkInputs(_ operands: [TensorType], of op: String) throws(TypeError) {
    let inputs = inputs.map { self[$0].types[0] }
    guard inputs.count == operands.count else { throw .regionCounts(op) }
    for (i, operand) in operands.enumerated() where inputs[i] != operand {
      throw .regionInput(op, i, operand, inputs[i])
    }
  }
}
