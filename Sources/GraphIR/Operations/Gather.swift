package import LoopIR
package import Support

/// Slices of the first operand along an axis, at the positions in the second, whose axes replace
/// that axis. Positions are clamped to the axis.
///
///     %2 = gather %0, %1 {0} : f32[32, 10, 64]
package struct Gather: Operation {
  package let axis: Int

  package init(axis: Int) { self.axis = axis }

  package static let word = "gather"
  package var attributes: String { "\(axis)" }

  package init(from text: inout OperationText) throws(ParseError) {
    axis = try text.attributes.integer("an axis", in: text.attribute)
  }

  package var operandCount: ClosedRange<Int> { 2...2 }
  package var role: FusionRole { .choice }

  /// An operand that has the axis, and integers of any shape; the element type is that of the
  /// first.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let (x, picks) = (operands[0], operands[1])
    guard x.dims.indices.contains(axis) else { throw .axis(mnemonic, axis, x) }
    guard picks.element.isInteger else { throw .needsInteger(mnemonic, "positions", picks) }
    return [TensorType(x.element, x.dims[..<axis] + picks.dims + x.dims[(axis + 1)...])]
  }

  /// The seed, added up by `scatterAdd` where its slices were read; none for positions.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return [nil, nil] }
    let (x, picks) = (context.operands[0], context.operands[1])
    // Flattens the positions to one axis, the only case of scattering.
    let dims = x.shape.dims
    let flat = seed.reshaped(
      Shape(dims[..<axis] + [picks.shape.count] + dims[(axis + 1)...]))
    let scatter = ScatterAdd(axis: axis, extent: dims[axis])
    let result = seed.builder.apply(
      scatter, picks.reshaped([picks.shape.count]), flat)
    return [result, nil]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    let rank = operands[1].rank
    return .element { access, index in
      let pick = access(1, Array(index[axis..<(axis + rank)]))
      let position = Gather.position(pick, extent: operands[0].dims[axis])
      return access(0, index[..<axis] + [position] + index[(axis + rank)...])
    }
  }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let (x, picks) = (operands[0], operands[1])
    return [
      Numbers(resultTypes(for: operands)[0]) { position in
        let pick = picks[bounded: Array(position[axis..<(axis + picks.dims.count)])]
        let choices = Gather.places(pick, extent: x.dims[axis]).map { place in
          x[bounded: position[..<axis] + [place] + position[(axis + picks.dims.count)...]]
        }
        let far = choices.map { $0.bound + distance($0.value, choices[0].value) }
        return Bounded(choices[0].value, bound: far.max() ?? 0)
      }
    ]
  }

  /// Returns the position that `pick` gives, and after it all others that it may give.
  package static func places(_ pick: Bounded, extent: Int) -> [Int] {
    func inside(_ x: Double) -> Int { Int(min(max(x, 0), Double(extent - 1))) }
    let place = inside(pick.value)
    if pick.bound < 0.5 { return [place] }
    return [place] + (inside(pick.value - pick.bound)...inside(pick.value + pick.bound))
  }

  /// Returns the position that `pick` gives on an axis, clamped to it.
  package static func position(_ pick: Expression, extent: Int) -> Index {
    Index(clamped(pick, extent: extent), in: 0...(extent - 1))
  }

  /// Returns the number `pick` clamped to an axis.
  static func clamped(_ pick: Expression, extent: Int) -> Expression {
    // A limit beyond the type's range is not needed, and may not even be representable.
    let low = pick.type.isSigned ? Expression.apply(.maximum, [pick, pick.like(0)]) : pick
    let last = pick.like(Double(extent - 1))
    let fits = pick.type.stored(Double(extent - 1)) == Double(extent - 1)
    return fits ? Expression.apply(.minimum, [low, last]) : low
  }
}
