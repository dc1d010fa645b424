internal import LoopIR
package import Support

/// Each element is the one before it along an axis times a factor, plus an input: `h[i] = a[i] *
/// h[i - 1] + x[i]`, where `h[-1]` is 0. The operands are the factors `a` and the inputs `x`.
///
///     %2 = linearRecurrence %0, %1 {1} : f32[32, 100]
///
/// The gradient of a running product is one, and so are discounted sums, moving averages and
/// linear state-space models.
package struct Recurrence: Operation {
  package let axis: Int

  package init(axis: Int) { self.axis = axis }

  package static let word = "linearRecurrence"
  package var attributes: String { "\(axis)" }

  package init(from text: inout OperationText) throws(ParseError) {
    axis = try text.attributes.integer("an axis", in: text.attribute)
  }

  package var operandCount: ClosedRange<Int> { 2...2 }
  package var role: FusionRole { .opaque }
  package var verb: String { "recurrence" }

  /// Two operands of numbers, of one type, which has the axis; the result has this type.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let (a, x) = (operands[0], operands[1])
    guard x.dims.indices.contains(axis) else { throw .axis(mnemonic, axis, x) }
    guard x.element != .bool else { throw .needsNumbers(mnemonic, x) }
    guard a.element == x.element else { throw .elementTypesDiffer(mnemonic, a, x) }
    guard a.shape == x.shape else { throw .shapesDiffer(mnemonic, a, x) }
    return [x]
  }

  /// The gradient of an element flows to the previous one, times the factor between them: the same
  /// recurrence, backwards.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return [nil, nil] }
    let next = context.operands[0].shifted(axis, by: -1, filling: 0)
    let reached = seed.builder.apply(
      self, next.reversed(axes: [axis]), seed.reversed(axes: [axis])
    ).reversed(axes: [axis])
    let before = context.results[0].shifted(axis, by: 1, filling: 0)
    return [reached * before, reached]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .loops { context in
      let target = context.results[0]
      var variables = context.variables(target.shape)
      let index = variables.map { Index($0) }
      let state = context.local("state", target.type)
      let before = index.enumerated().map { $0 == axis ? $1 - 1 : $1 }
      context.explain(
        "\(context.text(result: 0, index)) = \(context.text(operand: 0, index)) * "
          + "\(context.text(result: 0, before)) + \(context.text(operand: 1, index))")
      let next = context.operands(0, index) * .local(state) + context.operands(1, index)
      let along = Loop(
        variables.remove(at: axis),
        [.assign(state, next), .store(target, index, .local(state))])
      let zero = Expression.literal(Literal(0.0, target.type))
      return LoopContext.nest(variables, [.variable(state, zero), .loop(along)])
    }
  }
}

extension Recurrence {
  /// The result for given operands.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let (a, x) = (operands[0], operands[1])
    var result = x
    for row in Numbers.rows(x.dims, axis: axis) {
      var (state, off) = (0.0, 0.0)
      for i in 0..<x.dims[axis] {
        let place = row.at(i, axis)
        let n = x.offset(place)
        let product = a[place] * state
        off = off * (a[place].magnitude + a.bounds[n]) + a.bounds[n] * state.magnitude
        off += x.bounds[n] + 2 * x.roundoff * (product.magnitude + x[place].magnitude)
        state = x.type.element.stored(product + x[place])
        result.set(place, state, bound: off)
      }
    }
    return [result]
  }
}
