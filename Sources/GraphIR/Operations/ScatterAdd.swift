internal import LoopIR
package import Support

/// Zeros, to which slices of the second operand are added along an axis, at the positions in the
/// first, a vector of integers. In 16-bit floats each partial sum is rounded.
///
///     %2 = scatterAdd %0, %1 {0, 1000} : f32[1000, 64]
package struct ScatterAdd: Operation {
  package let axis: Int
  package let extent: Int

  package init(axis: Int, extent: Int) {
    self.axis = axis
    self.extent = extent
  }

  package static let word = "scatterAdd"
  package var attributes: String { "\(axis), \(extent)" }

  package init(from text: inout OperationText) throws(ParseError) {
    axis = try text.attributes.integer("an axis", in: text.attribute)
    try text.attributes.expect(",")
    extent = try text.attributes.integer("an extent", in: 1...text.attribute.upperBound)
  }

  package var operandCount: ClosedRange<Int> { 2...2 }
  package var role: FusionRole { .opaque }

  /// Integers, one for each slice of the second operand, which holds numbers; the result has the
  /// extent of the attribute along the axis.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let (picks, x) = (operands[0], operands[1])
    guard x.dims.indices.contains(axis) else { throw .axis(mnemonic, axis, x) }
    guard picks.element.isInteger else { throw .needsInteger(mnemonic, "positions", picks) }
    guard picks.dims == [x.dims[axis]] else { throw .shapesDiffer(mnemonic, picks, x) }
    guard x.element != .bool else { throw .needsNumbers(mnemonic, x) }
    var dims = x.dims
    dims[axis] = extent
    return [TensorType(x.element, dims)]
  }

  /// The slices of the seed at the positions; none for positions.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return [nil, nil] }
    return [nil, seed.builder.apply(Gather(axis: axis), seed, context.operands[0])]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .loops { context in
      let target = context.results[0]
      let names = ["a", "b", "c", "d", "e", "f", "g", "h"]
      func nest(_ dims: [Int], _ body: ([Index]) -> [Statement]) -> [Statement] {
        let variables = dims.enumerated().map { context.variable(names[$0 % names.count], $1) }
        return variables.reversed().reduce(body(variables.map { Index($0) })) {
          [.loop(Loop($1, $0))]
        }
      }
      let zero = Expression.literal(Literal(0.0, target.type))
      let clear = nest(target.shape) { [.store(target, $0, zero)] }
      // Positions in order, as the order of additions must not depend on threads.
      let add = nest(operands[1].dims) { index in
        var place = index
        let pick = context.operands(0, [index[axis]])
        place[axis] = Index(pick, in: 0...(extent - 1))
        context.explain(
          "\(target.name) = 0, then in order \(context.text(result: 0, place)) += "
            + context.text(operand: 1, index))
        place[axis] = Gather.position(pick, extent: extent)
        let sum = Expression.apply(.add, [.load(target, place), context.operands(1, index)])
        return [.store(target, place, sum)]
      }
      return clear + add
    }
  }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let (picks, x) = (operands[0], operands[1])
    let type = resultTypes(for: operands)[0]
    var sums = (0..<type.shape.count).map { _ in BoundedSum() }
    let empty = Numbers(type, sums.map { _ in 0 })
    for position in Numbers.positions(x.dims) {
      let places = Gather.places(picks[flat: position[axis]], extent: extent)
      for (i, place) in places.enumerated() {
        var target = position
        target[axis] = place
        let term = x[bounded: position]
        // A slice with an uncertain position may be missing here and be added elsewhere.
        let open = places.count == 1 ? 0 : term.value.magnitude
        sums[empty.offset(target)].add(Bounded(i == 0 ? term.value : 0, bound: term.bound + open))
      }
    }
    let results = sums.map { $0.rounded(to: type.element, storingParts: true) }
    return [Numbers(type, results)]
  }
}
