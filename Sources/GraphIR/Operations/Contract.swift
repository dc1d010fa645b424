internal import LoopIR
package import Support

/// A sum of products over named axes: every matrix product, einsum and convolution.
///
///     %2 = contract %0, %1 {[n=32, j=128 | i=784] (n, i) (j, i)} : f32[32, 128]
package struct Contract: Operation {
  package let map: AxisMap

  package init(_ map: AxisMap) { self.map = map }

  package static let word = "contract"
  package var attributes: String { map.description }

  package init(from text: inout OperationText) throws(ParseError) {
    map = try text.attributes.axisMap(operands: 2)
  }

  package var operandCount: ClosedRange<Int> { 2...2 }
  package var role: FusionRole { .contract }

  /// A position that is a sum of axes makes a convolution.
  package var verb: String {
    map.operands.joined().contains { $0.terms.count > 1 } ? "convolve" : "multiply"
  }

  /// Two operands of one element type, not `bool`, with the ranks of the map, which reads only
  /// inside their extents.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    guard operands.count == 2 else {
      throw .operandCount(mnemonic, expected: 2, found: operands.count)
    }
    let (a, b) = (operands[0], operands[1])
    guard a.element == b.element else { throw .elementTypesDiffer(mnemonic, a, b) }
    guard a.element != .bool else { throw .needsNumbers(mnemonic, a) }
    try map.check(mnemonic, 0, a)
    try map.check(mnemonic, 1, b)
    return [TensorType(a.element, map.resultDims)]
  }

  /// For each operand a contraction of the seed with the other one, over the map solved for the
  /// operand's positions; where it cannot be solved, `scatterAdd` adds the gradient up.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return [nil, nil] }
    return [0, 1].map { number in
      let other = 1 - number
      let result = (0..<map.resultRank).map { AxisSum.axis($0) }
      return map.gradient(
        number, dims: context.operands[number].shape.dims,
        factors: [(seed, result), (context.operands[other], map.operands[other])])
    }
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .reduction { access, index, fresh in
      let joined = map.joinedAxes.map { fresh($0.name, $0.extent) }
      let positions = index + joined.map { Index($0) }
      let factors = [0, 1].map { map.read($0, access, positions).widened }
      let product = Expression.apply(.multiply, factors)
      let real = joined.filter { $0.extent > 1 }
      return real.isEmpty ? product : .reduce(.sum, real, product)
    }
  }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let type = resultTypes(for: operands)[0]
    let places = operands.enumerated().map { map.offsets($0, $1.dims) }
    let results = zip(places[0].results, places[1].results).map { first, second in
      var sum = BoundedSum()
      for (i, j) in zip(places[0].joined, places[1].joined) {
        let (a, b) = (operands[0][flat: first + i], operands[1][flat: second + j])
        sum.add(a.times(b, in: type.element.sumType))
      }
      return sum.rounded(to: type.element)
    }
    return [Numbers(type, results)]
  }
}
