internal import LoopIR
package import Support

/// One element for each position: the second operand, of the rank of the first, holds the position
/// of each element along an axis. On the other axes elements are read at their own place, so the
/// extents there may be smaller but not larger. Positions are clamped to the axis.
///
///     %2 = takeAlongAxis %0, %1 {1} : f32[32, 3]
package struct TakeAlongAxis: Operation {
  package let axis: Int

  package init(axis: Int) { self.axis = axis }

  package static let word = "takeAlongAxis"
  package var attributes: String { "\(axis)" }

  package init(from text: inout OperationText) throws(ParseError) {
    axis = try text.attributes.integer("an axis", in: text.attribute)
  }

  package var operandCount: ClosedRange<Int> { 2...2 }
  package var role: FusionRole { .choice }
  package var verb: String { "take" }

  /// An operand that has the axis, and integers of the same rank whose extents on the other axes
  /// are not larger; the result has their shape.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let (x, picks) = (operands[0], operands[1])
    try TakeAlongAxis.check(mnemonic, axis, x, picks)
    return [TensorType(x.element, picks.shape)]
  }

  /// Checks that `picks` are positions along an axis of `x`, with extents on the other axes that
  /// are not larger.
  static func check(_ op: String, _ axis: Int, _ x: TensorType, _ picks: TensorType)
    throws(TypeError)
  {
    guard x.dims.indices.contains(axis) else { throw .axis(op, axis, x) }
    guard picks.element.isInteger else { throw .needsInteger(op, "positions", picks) }
    guard picks.rank == x.rank,
      x.dims.indices.allSatisfy({ $0 == axis || picks.dims[$0] <= x.dims[$0] })
    else { throw .positionsLeave(op, axis, x, picks) }
  }

  /// The seed, added to zeros by `scatter` where elements were read; none for positions.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return [nil, nil] }
    let (x, picks) = (context.operands[0], context.operands[1])
    return [seed.builder.apply(Scatter(.add, axis: axis), x.filled(0), picks, seed), nil]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .element { access, index in
      var place = index
      place[axis] = Gather.position(access(1, index), extent: operands[0].dims[axis])
      return access(0, place)
    }
  }
}

extension TakeAlongAxis {
  /// The result for given operands.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let (x, picks) = (operands[0], operands[1])
    var values: [Double] = []
    var bounds: [Double] = []
    for position in Numbers.positions(picks.dims) {
      var place = position
      place[axis] = picks.pick(position, extent: x.dims[axis])
      values.append(x[place])
      bounds.append(picks.isSure(position) ? x.bounds[x.offset(place)] : .infinity)
    }
    return [Numbers(TensorType(x.type.element, picks.type.shape), values, bounds: bounds)]
  }
}
