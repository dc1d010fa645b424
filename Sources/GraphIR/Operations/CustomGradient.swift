internal import LoopIR
package import Support

/// Values computed from others, with a graph for their gradient.
///
/// Operands are the values, their sources, and captures of the graph. The graph gets the sources,
/// the values, the gradients by the values, and the captures; it returns one gradient for each
/// source. The results are the values: the pass `resolve-marks` removes the node. Gradients flow
/// through the graph only.
///
///     %3 = customGradient %2, %0 {1, 1} : f32[32] { ... }
package struct CustomGradient: RegionOperation {
  /// The number of values.
  package let values: Int
  /// The number of sources.
  package let sources: Int
  package let backward: Graph

  package init(values: Int, sources: Int, backward: Graph) {
    self.values = values
    self.sources = sources
    self.backward = backward
  }

  package static let word = "customGradient"
  package var attributes: String { "\(values), \(sources)" }

  package init(from text: inout OperationText) throws(ParseError) {
    values = try text.attributes.integer("a number of values", in: 1...text.attribute.upperBound)
    try text.attributes.expect(",")
    sources = try text.attributes.integer("a number of sources", in: 1...text.attribute.upperBound)
    backward = try text.region()
  }

  package var operandCount: ClosedRange<Int> {
    let count = Swift.max(backward.inputs.count - values, values + sources)
    return count...count
  }
  package var role: FusionRole { .boundary }
  package var regions: [Graph] { [backward] }

  package func replacing(regions: [Graph]) -> CustomGradient {
    CustomGradient(values: values, sources: sources, backward: regions[0])
  }

  /// The graph gets the sources, the values, their gradients and the captures, and returns the
  /// types of the sources; the results have the types of the values.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let (results, from) = (Array(operands[..<values]), operands[values..<(values + sources)])
    let captures = operands[(values + sources)...]
    try backward.checkInputs(from + results + results + captures, of: mnemonic)
    let found = backward.outputs.map { backward.type($0) }
    guard found.count == sources else { throw .gradientCount(sources, found.count) }
    for (type, gradient) in zip(from, found) where type != gradient {
      throw .gradientType(type, gradient)
    }
    return results
  }

  /// For sources of floats, the results of the graph for the seeds, which are zero where none
  /// arrive; none for the values and the captures.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    var gradients = [Tensor?](repeating: nil, count: context.operands.count)
    guard context.seeds.contains(where: { $0 != nil }) else { return gradients }
    let seeds = zip(context.results, context.seeds).map { $1 ?? $0.filled(0) }
    let from = Array(context.operands[values..<(values + sources)])
    let captures = context.operands[(values + sources)...]
    let builder = seeds.reduce(context.operands[0].builder) {
      $1.builder.sees($0) ? $1.builder : $0
    }
    let all = backward.inlined(
      into: builder, inputs: from + context.results + seeds + captures)
    for (i, output) in backward.outputs.enumerated() where from[i].elementType.isFloat {
      gradients[values + i] = all[output]
    }
    return gradients
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  { .none }
}

extension CustomGradient {
  /// The results for given numbers: the values.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] { Array(operands[..<values]) }
}
