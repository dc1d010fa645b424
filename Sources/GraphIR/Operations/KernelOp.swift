internal import LoopIR
package import Support

/// A group of operations that becomes one kernel; fusion makes it.
///
///     %2 = kernel %0, %1 {relu_1} : f32[32, 128] { ... }
///     %1 = kernel %0 {softmax, rows 1, temporaries 1} : f32[32, 128] { ... }
///
/// A kernel that works row by row loops over the first axes; for each row it computes single
/// numbers and whole rows, one after the other. The last outputs of its graph are row temporaries.
package struct KernelOp: RegionOperation {
  package let name: String
  /// How many axes count the rows; nil if all values have one shape.
  package let rows: Int?
  /// How many outputs of the graph are row temporaries rather than results.
  package let temporaries: Int
  /// The graph, closed: captures are inputs.
  package let body: Graph

  package init(name: String, rows: Int? = nil, temporaries: Int = 0, body: Graph) {
    self.name = name
    self.rows = rows
    self.temporaries = temporaries
    self.body = body
  }

  package static let word = "kernel"
  package var attributes: String {
    guard let rows else { return name.quotedUnlessWord }
    let more = temporaries > 0 ? ", temporaries \(temporaries)" : ""
    return "\(name.quotedUnlessWord), rows \(rows)\(more)"
  }
  package var regions: [Graph] { [body] }

  package func replacing(regions: [Graph]) -> KernelOp {
    KernelOp(name: name, rows: rows, temporaries: temporaries, body: regions[0])
  }

  package init(from text: inout OperationText) throws(ParseError) {
    name = try text.attributes.name("the name of the kernel")
    var (rows, temporaries): (Int?, Int) = (nil, 0)
    if text.attributes.accept(",") {
      try text.attributes.expect(word: "rows")
      rows = try text.attributes.integer("the number of axes that count rows", in: 0...64)
      if text.attributes.accept(",") {
        try text.attributes.expect(word: "temporaries")
        temporaries = try text.attributes.integer("the number of row temporaries", in: 0...65536)
      }
    }
    (self.rows, self.temporaries) = (rows, temporaries)
    body = try text.region()
  }

  package var operandCount: ClosedRange<Int> { body.inputs.count...body.inputs.count }
  package var role: FusionRole { .opaque }

  /// The graph gets all operands and returns the results, then the row temporaries; in a kernel of
  /// rows, all have at least the axes that count rows.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let types = body.outputs.map { body.type($0) }
    guard temporaries <= types.count, types.allSatisfy({ $0.rank >= rows ?? 0 }) else {
      throw .regionCounts(mnemonic)
    }
    return types.dropLast(temporaries)
  }

  /// None: gradients are taken before kernels are made.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    preconditionFailure("gradients are taken before kernels are made")
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  { .none }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    interpret(body, inputs: operands).dropLast(temporaries)
  }
}

extension KernelOp {
  /// The number of the operand of which the kernel only replaces a part, if there is one: it finds
  /// that operand in the array of its result.
  package var replaced: Int? {
    guard rows == nil, body.outputs.count == 1 else { return nil }
    let node = body[body.outputs[0].node]
    guard node.op is any PartialUpdate, let input = body[node.operands[0].node].op as? Input else {
      return nil
    }
    return input.position
  }

  /// True iff the replacement depends on that operand.
  package var readsReplaced: Bool {
    guard let position = replaced else { return false }
    let uses = body.nodes.values.flatMap(\.operands).filter { $0.node == body.inputs[position] }
    return uses.count > 1
  }
}
