internal import LoopIR
package import Support

/// A running reduction: each element combined with all before it along an axis.
///
///     %1 = cumulative %0 {sum, 1} : f32[32, 100]
///     %1 = cumulative %0 {argMaximum, 1} : i32[32, 100]
///
/// The two that give positions give that of the largest or smallest element so far, the later one
/// of two equal ones; a NaN is the extreme from there on.
package struct Cumulative: Operation {
  /// The reduction.
  package enum Rule: String, CaseIterable, Hashable, Sendable {
    case sum, product, logSumExp, argMaximum, argMinimum
  }

  package let rule: Rule
  package let axis: Int

  package init(_ rule: Rule, axis: Int) {
    self.rule = rule
    self.axis = axis
  }

  package static let word = "cumulative"
  package var attributes: String { "\(rule.rawValue), \(axis)" }

  package init(from text: inout OperationText) throws(ParseError) {
    rule = try text.attributes.choice("the rule of 'cumulative'")
    try text.attributes.expect(",")
    axis = try text.attributes.integer("an axis", in: text.attribute)
  }

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .opaque }

  package var verb: String {
    switch rule {
    case .sum: "cumulative_sum"
    case .product: "cumulative_product"
    case .logSumExp: "cumulative_log_sum_exp"
    case .argMaximum: "cumulative_argmax"
    case .argMinimum: "cumulative_argmin"
    }
  }

  // How a model writes it.
  private var spelling: String {
    switch rule {
    case .sum: "cumulativeSum"
    case .product: "cumulativeProduct"
    case .logSumExp: "cumulativeLogSumExp"
    case .argMaximum: "cumulativeMax"
    case .argMinimum: "cumulativeMin"
    }
  }

  /// Numbers, and floats for `logSumExp`. The type stays, except that positions are `i32`.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let x = operands[0]
    guard x.dims.indices.contains(axis) else { throw .axis(spelling, axis, x) }
    guard x.element != .bool else { throw .needsNumbers(spelling, x) }
    switch rule {
    case .sum, .product: return [x]
    case .logSumExp:
      guard x.element.isFloat else { throw .needsFloat(spelling, x) }
      return [x]
    case .argMaximum, .argMinimum: return [TensorType(.i32, x.shape)]
    }
  }

  /// For a sum, the running sum of the seed in the other direction; for products and `logSumExp`, a
  /// linear recurrence in the other direction, without quotients; none for positions.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return [nil] }
    let (x, y) = (context.operands[0], context.results[0])
    switch rule {
    case .sum: return [seed.cumulativeSum(axis: axis, reversed: true)]
    case .product:
      // All before an element, times the sum of what follows it: no division, so zeros are right.
      let rest = seed.linearRecurrence(
        x.shifted(axis, by: -1, filling: 0), axis: axis, reversed: true)
      return [y.shifted(axis, by: 1, filling: 1) * rest]
    case .logSumExp:
      // exp(x[j] - y[i]) for all i from j on; results grow, so each factor is at most 1.
      let next = y.shifted(axis, by: -1, filling: .infinity)
      let reached = seed.linearRecurrence(share(y, of: next), axis: axis, reversed: true)
      return [share(x, of: y) * reached]
    case .argMaximum, .argMinimum: return [nil]
    }
  }

  // exp(part - whole), where both may be infinite.
  private func share(_ part: Tensor, of whole: Tensor) -> Tensor {
    let isAll = part .== whole
    return select(isAll, part.filled(1), exp(select(isAll, part.filled(0), part - whole)))
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .loops { context in
      let target = context.results[0]
      var variables = context.variables(target.shape)
      let index = variables.map { Index($0) }
      let x = context.operands(0, index)
      explain(context, index)
      let (start, step, value) =
        switch rule {
        case .sum, .product, .logSumExp: joining(x, context)
        case .argMaximum, .argMinimum: choosing(x, index[axis], context)
        }
      let along = Loop(
        variables.remove(at: axis), step + [.store(target, index, .local(value))])
      return LoopContext.nest(variables, start + [.loop(along)])
    }
  }
}

extension Cumulative {
  private typealias Parts = (start: [Statement], step: [Statement], value: Local)

  private func joining(_ x: Expression, _ context: LoopContext) -> Parts {
    let name = rule == .sum ? "sum" : rule == .product ? "product" : "total"
    let total = context.local(name, x.type)
    let old = Expression.local(total)
    func parts(_ start: Double, _ next: Expression, _ before: [Statement] = []) -> Parts {
      ([.variable(total, x.like(start))], before + [.assign(total, next)], total)
    }
    switch rule {
    case .sum, .argMaximum, .argMinimum: return parts(0, old + x)
    case .product: return parts(1, old * x)
    case .logSumExp:
      // The difference of equal infinities would be NaN, so it is avoided.
      let value = context.local("value", x.type)
      let new = Expression.local(value)
      let isEqual = old.equals(new)
      let gap = (old - new).magnitude
      let distance = context.local("distance", x.type)
      let far = Expression.apply(.negate, [.local(distance)])
      let more = Expression.apply(.log1p, [.apply(.exp, [far])])
      return parts(
        -.infinity, old.or(atLeast: new) + more,
        [
          .constant(value, x),
          .constant(distance, .apply(.select, [isEqual, x.like(0), gap])),
        ])
    }
  }

  private func choosing(_ x: Expression, _ along: Index, _ context: LoopContext) -> Parts {
    let best = context.local("best", x.type)
    let position = context.local("position", .i32)
    let value = context.local("value", x.type)
    let (old, new) = (Expression.local(best), Expression.local(value))
    let isBetter = Expression.apply(
      rule == .argMaximum ? .greaterEqual : .lessEqual, [new, old])
    let wins =
      x.type.isFloat ? new.isNotANumber.or(old.isNotANumber.inverted.and(isBetter)) : isBetter
    let first = x.substituting { variable in
      along.asVariable == variable ? Index(0) : nil
    }
    return (
      [.variable(best, first), .variable(position, .whole(0))],
      [
        .constant(value, x),
        .when(
          wins, then: [.assign(best, new), .assign(position, .index(along, .i32))], otherwise: []),
      ], position
    )
  }

  private func explain(_ context: LoopContext, _ index: [Index]) {
    var inner = index
    inner[axis] = Index(context.variable("k", context.results[0].shape[axis]))
    let x = context.text(operand: 0, inner)
    let (y, range) = (
      context.text(result: 0, index), "k = 0..\(LoopContext.text(.index(index[axis], .i32)))"
    )
    let value =
      switch rule {
      case .sum: "sum(\(range)) \(x)"
      case .product: "product(\(range)) \(x)"
      case .logSumExp: "log(sum(\(range)) exp(\(x)))"
      case .argMaximum: "last argmax(\(range)) \(x)"
      case .argMinimum: "last argmin(\(range)) \(x)"
      }
    context.explain("\(y) = \(value)")
  }

  /// The result for given operands.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let x = operands[0]
    let isPosition = rule == .argMaximum || rule == .argMinimum
    var result = Numbers.filled(TensorType(isPosition ? .i32 : x.type.element, x.dims), 0)
    for row in Numbers.rows(x.dims, axis: axis) {
      for i in 0..<x.dims[axis] {
        let places = (0...i).map { row.at($0, axis) }
        let (value, bound) = joined(
          places.map { x[$0] }, places.map { x.bounds[x.offset($0)] }, x.roundoff)
        result.set(row.at(i, axis), value, bound: bound)
      }
    }
    return [result]
  }

  // The elements reduced for one result, from the beginning, and their bounds.
  private func joined(_ x: [Double], _ bounds: [Double], _ roundoff: Double) -> (Double, Double) {
    let count = Double(x.count)
    switch rule {
    case .sum:
      let size = x.reduce(0) { $0 + $1.magnitude }
      return (x.reduce(0, +), bounds.reduce(0, +) + count * roundoff * size)
    case .product:
      // The largest that the product of the intervals can be, less the product itself.
      let grown = zip(x, bounds).reduce(1) { $0 * ($1.0.magnitude + $1.1) * (1 + roundoff) }
      return (x.reduce(1, *), grown - x.reduce(1) { $0 * $1.magnitude } + grown * 0x1p-50)
    case .logSumExp:
      let largest = x.reduce(-.infinity) { $1.isNaN ? .nan : Swift.max($0, $1) }
      guard largest.isFinite else { return (largest, 0) }
      let sum = x.reduce(0) { $0 + exponential($1 - largest) }
      let size = 8 * (largest.magnitude + 1 + count) * roundoff
      return (largest + logarithm(sum), bounds.reduce(0, Swift.max) + count * size)
    case .argMaximum, .argMinimum:
      let sign = rule == .argMaximum ? 1.0 : -1.0
      if let last = x.lastIndex(where: \.isNaN) { return (Double(last), 0) }
      let best = x.indices.reduce(0) { sign * x[$1] >= sign * x[$0] ? $1 : $0 }
      let isSure = x.indices.allSatisfy {
        let reach = bounds[$0] + bounds[best]
        return $0 == best || reach == 0 || (x[$0] - x[best]).magnitude > reach
      }
      return (Double(best), isSure ? 0 : .infinity)
    }
  }

  private func exponential(_ x: Double) -> Double { ScalarFunction.exp.row.value([x]) }
  private func logarithm(_ x: Double) -> Double { ScalarFunction.log.row.value([x]) }
}
