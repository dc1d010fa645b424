internal import LoopIR
package import Support

/// A loop: a graph that is run for each step on carries, on slices of stacked arrays and on
/// invariants.
///
/// Operands: the first carries, the arrays whose first axis is the step, the invariants. Inputs of
/// the graph: the number of the step (`i32[]`), the carries, one slice of each array, the
/// invariants. Its outputs: the next carries, then the outputs of the step. Results: the last
/// carries, then the outputs of all steps, stacked.
///
///     %3, %4 = scan %h, %x, %w {128, carries 1, slices 1} : f32[64], f32[128, 64] { ... }
package struct Scan: RegionOperation {
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
        memory = try text.attributes.choice("what is kept of a step")
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
  /// invariants. It gives carries of the same types, and outputs that are stacked over the steps.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let inputs = body.inputs.map { body[$0].types[0] }
    guard inputs.count == operands.count + 1, carries + slices <= operands.count,
      body.outputs.count >= carries
    else { throw .regionCounts(mnemonic) }
    guard inputs[0] == Scan.step else { throw .regionInput(mnemonic, 0, Scan.step, inputs[0]) }
    for (i, operand) in operands.enumerated() {
      let expected = isSlice(i) ? try slice(operand) : operand
      guard inputs[i + 1] == expected else {
        throw .regionInput(mnemonic, i + 1, expected, inputs[i + 1])
      }
    }
    let outputs = body.outputs.map { body.type($0) }
    for i in 0..<carries where outputs[i] != operands[i] {
      throw .carryChanges(mnemonic, i, operands[i], outputs[i])
    }
    return outputs[..<carries]
      + outputs[carries...].map { TensorType($0.element, [length] + $0.dims) }
  }

  /// The type of the number of a step.
  package static let step = TensorType(.i32, [])

  /// True iff operand `i` is an array of which each step sees a slice.
  package func isSlice(_ i: Int) -> Bool { i >= carries && i < carries + slices }

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
    var values = Array(operands[..<carries])
    var stacks = [[Numbers]](repeating: [], count: body.outputs.count - carries)
    for n in 0..<length {
      let t = isReversed ? length - 1 - n : n
      let inputs = operands.enumerated().map { i, x in
        i < carries ? values[i] : isSlice(i) ? x.slice(t, of: length) : x
      }
      let results = interpret(body, inputs: [Numbers(Scan.step, [Double(t)])] + inputs)
      values = Array(results[..<carries])
      for (i, result) in results[carries...].enumerated() { stacks[i].append(result) }
    }
    return values + stacks.map { Numbers.stacked(isReversed ? $0.reversed() : $0) }
  }
}
