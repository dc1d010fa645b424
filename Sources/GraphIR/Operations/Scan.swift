internal import LoopIR
package import Support

/// A loop: a graph that runs once per step on carries, slices of stacked arrays, and invariants.
///
/// Operands: the first carries, the arrays whose first axis is the step, the invariants. Inputs of
/// the graph: the number of the step (`i32[]`), the carries, one slice of each array, the
/// invariants. Its outputs: the next carries, then the outputs of the step. Results: the last
/// carries, then the outputs of all steps, stacked.
///
///     %3, %4 = scan %h, %x, %w {128, carries 1, slices 1} : f32[64], f32[128, 64] { ... }
package struct Scan: ControlOperation {
  /// The values of each step that are kept for the gradient.
  package enum Memory: String, Hashable, Sendable {
    /// The carries and expensive values.
    case results
    /// Only the carries; the step is computed again.
    case carries
  }

  /// The number of steps.
  package let length: Int
  package let carries: Int
  package let slices: Int
  /// True iff the last step comes first.
  package let isReversed: Bool
  package let memory: Memory
  package let body: Graph

  package init(
    length: Int, carries: Int, slices: Int, isReversed: Bool = false, memory: Memory = .results,
    body: Graph
  ) {
    self.length = length
    self.carries = carries
    self.slices = slices
    self.isReversed = isReversed
    self.memory = memory
    self.body = body
  }

  package static let word = "scan"
  package var attributes: String {
    "\(length), carries \(carries), slices \(slices)"
      + (isReversed ? ", reversed" : "") + (memory == .carries ? ", remembers carries" : "")
  }

  package init(from text: inout OperationText) throws(ParseError) {
    let count = 0...text.attribute.upperBound
    length = try text.attributes.integer("the number of steps", in: 1...count.upperBound)
    try text.attributes.expect(",")
    try text.attributes.expect(word: "carries")
    carries = try text.attributes.integer("the number of carries", in: count)
    try text.attributes.expect(",")
    try text.attributes.expect(word: "slices")
    slices = try text.attributes.integer("the number of sliced arrays", in: count)
    var (isReversed, memory) = (false, Memory.results)
    while text.attributes.accept(",") {
      if text.attributes.accept(word: "reversed") {
        isReversed = true
      } else {
        try text.attributes.expect(word: "remembers")
        memory = try text.attributes.choice("what a step remembers")
      }
    }
    (self.isReversed, self.memory) = (isReversed, memory)
    body = try text.region()
  }

  package var operandCount: ClosedRange<Int> {
    let count = max(body.inputs.count - 1, 0)
    return count...count
  }
  package var role: FusionRole { .control }
  package var regions: [Graph] { [body] }

  package func replacing(regions: [Graph]) -> Scan { with(body: regions[0]) }

  /// Returns the same loop over another graph with the same carries and slices.
  package func with(body: Graph) -> Scan {
    Scan(
      length: length, carries: carries, slices: slices, isReversed: isReversed, memory: memory,
      body: body)
  }

  /// The graph gets the step as `i32[]`, the carries, slices without their first axis, and the
  /// invariants. It returns carries of the same types, and outputs that are stacked over the steps.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let inputs = body.inputs.map { body[$0].types[0] }
    guard inputs.count == operands.count + 1, carries + slices <= operands.count,
      body.outputs.count >= carries
    else { throw .regionCounts(mnemonic) }
    let slots = slots
    guard inputs[slots.step] == Scan.step else {
      throw .regionInput(mnemonic, slots.step, Scan.step, inputs[slots.step])
    }
    for slot in passed {
      let operand = operands[slot.operand]
      let expected = slots.slices.contains(slot) ? try slice(operand) : operand
      guard inputs[slot.input] == expected else {
        throw .regionInput(mnemonic, slot.input, expected, inputs[slot.input])
      }
    }
    let outputs = body.outputs.map { body.type($0) }
    for (i, carry) in slots.carries.enumerated()
    where outputs[carry.result] != operands[carry.operand] {
      throw .carryChanges(mnemonic, i, operands[carry.operand], outputs[carry.result])
    }
    return slots.carries.map { outputs[$0.result] }
      + slots.stacks.map { TensorType(outputs[$0].element, [length] + outputs[$0].dims) }
  }

  /// The type of the number of a step.
  package static let step = TensorType(.i32, [])

  private func slice(_ type: TensorType) throws(TypeError) -> TensorType {
    guard type.dims.first == length else { throw .sliceLength(mnemonic, length, type) }
    return TensorType(type.element, Array(type.dims.dropFirst()))
  }

  /// A loop in the other direction. It carries the gradients of the carries and the sums of those
  /// of the invariants, and recomputes what the steps did not keep.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    ScanGradient(self, context).tensors
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  { .none }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let slots = slots
    var values = slots.carries.map { operands[$0.operand] }
    var stacks = slots.stacks.map { _ in [Numbers]() }
    for n in 0..<length {
      let t = isReversed ? length - 1 - n : n
      let results = interpret(
        body,
        inputs: Slots.inputs(
          step: Numbers(Scan.step, [Double(t)]), carries: values,
          slices: slots.slices.map { operands[$0.operand].slice(t, of: length) },
          constants: slots.constants.map { operands[$0.operand] }))
      values = slots.carries.map { results[$0.result] }
      for (i, result) in slots.stacks.enumerated() { stacks[i].append(results[result]) }
    }
    return values + stacks.map { Numbers.stacked(isReversed ? $0.reversed() : $0) }
  }
}

extension Scan {
  /// What each operand, input and result of a loop is.
  package struct Slots {
    /// The input that is the number of the step.
    package let step = 0
    package let carries: [CarrySlot]
    /// The arrays of which each step sees a slice.
    package let slices: [Slot]
    /// What stays the same.
    package let constants: [Slot]
    /// The outputs of a step that are stacked: the loop's results of the same numbers.
    package let stacks: Range<Int>

    /// Returns what all inputs of the body are, in order.
    package static func inputs<Element>(
      step: Element, carries: [Element], slices: [Element], constants: [Element]
    ) -> [Element] {
      [step] + carries + slices + constants
    }
  }

  package var slots: Slots {
    // The number of the step is the first input, and no operand.
    func slots(_ operands: Range<Int>) -> [Slot] {
      operands.map { Slot(operand: $0, input: $0 + 1) }
    }
    let first = (slices: carries, constants: carries + slices)
    return Slots(
      carries: slots(0..<carries).enumerated().map { CarrySlot(slot: $1, result: $0) },
      slices: slots(first.slices..<first.constants),
      constants: slots(first.constants..<max(first.constants, body.inputs.count - 1)),
      stacks: carries..<max(carries, body.outputs.count))
  }

  package var passed: [Slot] {
    let slots = slots
    return slots.carries.map(\.slot) + slots.slices + slots.constants
  }
  package var constants: [Slot] { slots.constants }
}
