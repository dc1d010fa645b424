package import LoopIR
package import Support

/// Slices of the first operand along an axis, picked by the integers of the second, whose shape
/// takes the place of the axis. Numbers outside the axis count as its nearest end.
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
    // Flatten the positions to one axis, so that scattering only knows that case.
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

  /// Returns the place that `pick` names, and behind it all others that it may mean.
  package static func places(_ pick: Bounded, extent: Int) -> [Int] {
    func inside(_ x: Double) -> Int { Int(min(max(x, 0), Double(extent - 1))) }
    let place = inside(pick.value)
    if pick.bound < 0.5 { return [place] }
    return [place] + (inside(pick.value - pick.bound)...inside(pick.value + pick.bound))
  }

  /// Returns the position that `pick` names on an axis, kept inside it whatever the data say.
  package static func position(_ pick: Expression, extent: Int) -> Index {
    Index(clamped(pick, extent: extent), in: 0...(extent - 1))
  }

  /// Returns the number `pick` moved to the nearest position of an axis.
  static func clamped(_ pick: Expression, extent: Int) -> Expression {
    // A bound that no number of the type passes is not needed, and may not even fit the type.
    let low = pick.type.isSigned ? Expression.apply(.maximum, [pick, pick.like(0)]) : pick
    let last = pick.like(Double(extent - 1))
    let fits = pick.type.stored(Double(extent - 1)) == Double(extent - 1)
    return fits ? Expression.apply(.minimum, [low, last]) : low
  }
}

/// Zeros, to which slices of the second operand are added along an axis at the positions that
/// the first, a vector of integers, names.
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
      // Positions in order: which of two additions comes first must not depend on threads.
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
        // What may also go elsewhere may be missing here and be found there.
        let open = places.count == 1 ? 0 : term.value.magnitude
        sums[empty.offset(target)].add(Bounded(i == 0 ? term.value : 0, bound: term.bound + open))
      }
    }
    let results = sums.map { $0.rounded(to: type.element) }
    return [Numbers(type, results)]
  }
}
