package import LoopIR
package import Support

/// The first operand with elements changed at positions along an axis: each element of the third
/// operand goes to the position that the second holds in the same place. Positions are clamped to
/// the axis. If a position occurs more than once, elements are taken in row-major order: the last
/// one that is set wins, and sums are added in that order.
///
///     %3 = scatter %0, %1, %2 {set, 1} : f32[32, 10]
package struct Scatter: PartialUpdate {
  /// How a new element is combined with the old one.
  package enum Rule: String, CaseIterable, Hashable, Sendable {
    case set, add, maximum, minimum
  }

  package let rule: Rule
  package let axis: Int

  package init(_ rule: Rule, axis: Int) {
    self.rule = rule
    self.axis = axis
  }

  package static let word = "scatter"
  package var attributes: String { "\(rule.rawValue), \(axis)" }

  package init(from text: inout OperationText) throws(ParseError) {
    rule = try text.attributes.choice("'set', 'add', 'maximum' or 'minimum'")
    try text.attributes.expect(",")
    axis = try text.attributes.integer("an axis", in: text.attribute)
  }

  package var operandCount: ClosedRange<Int> { 3...3 }
  package var role: FusionRole { .opaque }
  package var verb: String { rule == .add ? "scatter_add" : "scatter" }

  /// Positions as for `takeAlongAxis`, and elements of their shape and of the element type of the
  /// first operand: numbers, unless they are set. The type stays.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let (x, picks, values) = (operands[0], operands[1], operands[2])
    try TakeAlongAxis.check("scattered", axis, x, picks)
    guard picks.shape == values.shape else { throw .shapesDiffer("scattered", picks, values) }
    guard values.element == x.element else { throw .elementTypesDiffer("scattered", x, values) }
    guard rule == .set || x.element != .bool else { throw .needsNumbers("scattered", x) }
    return [x]
  }

  /// For the first operand, the seed where its elements count; for the third, the seed where its
  /// elements do: of several set at one position, the last. Equal extremes share the seed evenly.
  /// None for positions.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return [nil, nil, nil] }
    let (x, picks, values) = (context.operands[0], context.operands[1], context.operands[2])
    func taken(_ tensor: Tensor) -> Tensor {
      seed.builder.apply(TakeAlongAxis(axis: axis), tensor, picks)
    }
    func scattered(_ rule: Rule, _ start: Tensor, _ parts: Tensor) -> Tensor {
      seed.builder.apply(Scatter(rule, axis: axis), start, picks, parts)
    }
    switch rule {
    case .add: return [seed, nil, taken(seed)]
    case .set:
      // Of all elements set at one place only the last remains, so each place records the number of
      // its last writer.
      let shape = values.shape
      let count = TensorType(.i32, [shape.count])
      let own = seed.builder.apply(Iota(axis: 0, count)).reshaped(shape)
      let writer = scattered(.set, seed.builder.constant(-1, TensorType(.i32, x.shape)), own)
      let seen = taken(seed)
      return [
        scattered(.set, seed, values.filled(0)), nil,
        select(taken(writer) .== own, seen, seen.filled(0)),
      ]
    case .maximum, .minimum:
      // As in PyTorch, equal extremes share the seed evenly.
      let result = context.results[0]
      let stays = (x .== result).cast(to: seed.elementType)
      let comes = (values .== taken(result)).cast(to: seed.elementType)
      let share = seed / scattered(.add, stays, comes)
      return [stays * share, nil, comes * taken(share)]
    }
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .loops { context in
      let target = context.results[0]
      let start = context.forEach(target.shape) { index in
        [.store(target, index, context.operands(0, index))]
      }
      return start + change(context, operands)
    }
  }

  /// Combines the new elements with the old ones.
  package func change(_ context: LoopContext, _ operands: [TensorType]) -> [Statement] {
    let target = context.results[0]
    let variables = context.variables(operands[1].dims)
    let index = variables.map { Index($0) }
    let pick = context.operands(1, index)
    let position = context.local("position", pick.type)
    explain(context, index)
    var place = index
    let last = target.shape[axis] - 1
    place[axis] = Index(.local(position), in: 0...last)
    let inside = Gather.clamped(pick, extent: target.shape[axis])
    let old = Expression.load(target, place)
    let new = context.operands(2, index)
    var body: [Statement] = [.store(target, place, joined(old, new))]
    // The position is read as soon as it is known.
    var isNamed = false
    for (i, variable) in variables.enumerated().reversed() {
      if !isNamed, pick.uses(variable) {
        body.insert(.constant(position, inside), at: 0)
        isNamed = true
      }
      // Elements only collide along the axis.
      body = LoopContext.nest([variable], kind: i == axis ? .serial : .independent, body)
    }
    if !isNamed { body.insert(.constant(position, inside), at: 0) }
    return body
  }

  private func joined(_ old: Expression, _ new: Expression) -> Expression {
    switch rule {
    case .set: new
    case .add: old + new
    case .maximum: old.or(atLeast: new)
    case .minimum: old.or(atMost: new)
    }
  }

  private func explain(_ context: LoopContext, _ index: [Index]) {
    let target = context.results[0]
    let zeros = target.shape.map { _ in Index(0) }
    var start = "\(target.name) = \(context.text(operand: 0, zeros)), then "
    context.operands(0, zeros).forEach { part in
      guard case .load(let buffer, _) = part else { return }
      start = buffer == target ? "" : "\(target.name) = \(buffer.name), then "
    }
    var place = index
    place[axis] = Index(context.operands(1, index), in: 0...(target.shape[axis] - 1))
    let old = context.text(result: 0, place)
    let new = context.text(operand: 2, index)
    let change =
      switch rule {
      case .set: "= \(new)"
      case .add: "+= \(new)"
      case .maximum: "= max(\(old), \(new))"
      case .minimum: "= min(\(old), \(new))"
      }
    context.explain("\(start)in order \(old) \(change)")
  }
}

extension Scatter {
  /// The result for given operands.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let (picks, values) = (operands[1], operands[2])
    var result = operands[0]
    for position in Numbers.positions(picks.dims) {
      let place = position.at(picks.pick(position, extent: result.dims[axis]), axis)
      let (old, new) = (result[place], values[position])
      let off = (result.bounds[result.offset(place)], values.bounds[values.offset(position)])
      switch rule {
      case .set: result.set(place, new, bound: off.1)
      case .add:
        let rounding = (old.magnitude + new.magnitude) * result.roundoff
        result.set(place, old + new, bound: off.0 + off.1 + rounding)
      case .maximum, .minimum:
        let extreme = rule == .maximum ? max(old, new) : min(old, new)
        result.set(place, old.isNaN || new.isNaN ? .nan : extreme, bound: max(off.0, off.1))
      }
      if !picks.isSure(position) { result.bounds = result.bounds.map { _ in .infinity } }
    }
    return [result]
  }
}
