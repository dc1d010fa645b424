internal import GraphIR
internal import LoopIR

extension GraphPass {
  /// Applies identities that make a graph smaller and keep every bit of the result.
  ///
  ///     %1 = constant {1.0}
  ///     %2 = multiply %0, %1
  ///     %3 = reshape %2
  ///     %4 = reshape %3
  /// ->
  ///     %4 = reshape %0
  ///
  /// A rewrite never makes a graph worse, and constants go right first, so each identity is
  /// written once. Each rewritten node is simpler than the old one, so the pass ends.
  package static let simplify = GraphPass(
    "simplify", "apply algebraic identities",
    each: { graph in
      Rewriter.run(graph) { rewriter, id in
        let node = graph[id]
        let x = rewriter.operands(id)
        switch node.op {
        case let map as Map: return rewriter.simplifyMap(map.function, x).map { [$0] }
        case let cast as Cast: return rewriter.simplifyCast(cast, x[0]).map { [$0] }
        case is Reshape, is Transpose, is Broadcast, is Slice, is Pad:
          return rewriter.simplifyView(node.op, x[0], node.types[0]).map { [$0] }
        case let reduce as Reduce: return rewriter.simplifyReduce(reduce, x[0]).map { [$0] }
        // The only element is the first.
        case let sort as ArgSort where x[0].shape.dims[sort.axis] == 1:
          return [rewriter.builder.constant(0, node.types[0])]
        default: return nil
        }
      }
    })
}

extension Rewriter {
  // The operation that made `x`.
  private func op(_ x: Tensor) -> (any Operation)? { x.value.map { builder.graph[$0.node].op } }

  // The operands of the node that made `x`.
  private func inner(_ x: Tensor) -> [Tensor] {
    guard let value = x.value else { return [] }
    return builder.graph[value.node].operands.map { builder.tensor($0) }
  }

  private func isConstant(_ x: Tensor, _ number: Double) -> Bool {
    splat(x)?.isExactly(number) ?? false
  }

  // True iff both are one value, which is no NaN.
  private func isItself(_ x: [Tensor]) -> Bool {
    x[0].value == x[1].value && !x[0].elementType.isFloat
  }

  private func isNegation(_ x: Tensor) -> Bool { op(x) as? Map == Map(.negate) }

  fileprivate func simplifyMap(_ function: ScalarFunction, _ x: [Tensor]) -> Tensor? {
    if function.isCommutative, splat(x[0]) != nil, splat(x[1]) == nil {
      return simplifyMap(function, [x[1], x[0]]) ?? apply(Map(function), [x[1], x[0]])[0]
    }
    if let moved = reshapedLater(function, x) { return moved }
    switch function {
    case .add:
      // x + 0 -> x for integers, x + -0 -> x for floats: -0 + 0 is 0.
      if isConstant(x[1], x[0].elementType.isFloat ? -0.0 : 0) { return x[0] }
      // x + -y -> x - y
      if isNegation(x[1]) { return x[0] - inner(x[1])[0] }
      // -x + y -> y - x
      if isNegation(x[0]) { return x[1] - inner(x[0])[0] }
    case .subtract:
      // x - 0 -> x
      if isConstant(x[1], 0) { return x[0] }
      // x - -y -> x + y
      if isNegation(x[1]) { return x[0] + inner(x[1])[0] }
    case .multiply:
      // x * 1 -> x
      if isConstant(x[1], 1) { return x[0] }
      // x * -1 -> -x
      if isConstant(x[1], -1) { return -x[0] }
    case .divide:
      // x / 1 -> x
      if isConstant(x[1], 1) { return x[0] }
      // x / 2^k -> x * 2^-k
      if x[0].elementType.isFloat, let d = splat(x[1])?.double, d.isNormal,
        d.significand == 1, abs(d) < 0x1p100, abs(d) > 0x1p-100
      {
        return x[0] * (1 / d)
      }
    case .negate:
      // -(-x) -> x
      if isNegation(x[0]) { return inner(x[0])[0] }
    case .power:
      if isConstant(x[1], 1) { return x[0] }
      if isConstant(x[1], 2) { return x[0] * x[0] }
    case .select:
      // select(true, x, y) -> x
      if let condition = splat(x[0]) { return condition.integer != 0 ? x[1] : x[2] }
      if x[1].value == x[2].value { return x[1] }
    case .equal, .lessEqual, .greaterEqual:
      // x == x -> true, unless x may be NaN
      if isItself(x) { return x[0].filled(1, as: .bool) }
    case .notEqual, .less, .greater:
      // x < x -> false
      if isItself(x) { return x[0].filled(0, as: .bool) }
    case .not:
      // !!x -> x
      if op(x[0]) as? Map == Map(.not) { return inner(x[0])[0] }
    default: break
    }
    return nil
  }

  // f(reshape(x), c) -> reshape(f(x, c)), for a reshape that only adds or takes away axes of extent
  // 1: so what follows a reduction that kept its axes still has the shape of the reduction.
  private func reshapedLater(_ function: ScalarFunction, _ x: [Tensor]) -> Tensor? {
    var shape: Shape?
    for operand in x where splat(operand) == nil {
      guard op(operand) is Reshape else { return nil }
      let source = inner(operand)[0].shape
      guard source.dims.filter({ $0 != 1 }) == operand.shape.dims.filter({ $0 != 1 }),
        source.rank < operand.shape.rank, shape == nil || shape == source
      else { return nil }
      shape = source
    }
    guard let shape else { return nil }
    let sources = x.map { operand in
      splat(operand).map { builder.constant($0.double, TensorType($0.type, shape)) }
        ?? inner(operand)[0]
    }
    return apply(Map(function), sources)[0].reshaped(x[0].shape)
  }

  // A cast to the own type, and a cast of a wider one back.
  fileprivate func simplifyCast(_ cast: Cast, _ x: Tensor) -> Tensor? {
    x.elementType == cast.element ? x : nil
  }

  fileprivate func simplifyView(_ op: any Operation, _ x: Tensor, _ type: TensorType) -> Tensor? {
    let below = self.op(x)
    switch (op, below) {
    // reshape(reshape(x)) -> reshape(x)
    case (let outer as Reshape, is Reshape): return inner(x)[0].reshaped(outer.shape)
    case (is Reshape, _) where type == x.type: return x
    case (let outer as Transpose, let own as Transpose):
      return inner(x)[0].transposed(outer.axes.map { own.axes[$0] })
    case (let outer as Transpose, _) where outer.axes == Array(0..<x.rank): return x
    case (let outer as Broadcast, let own as Broadcast):
      return inner(x)[0].broadcast(to: outer.shape, axes: own.axes.map { outer.axes[$0] })
    case (is Broadcast, _) where type == x.type: return x
    case (let outer as Slice, _)
    where type == x.type && outer.parts.allSatisfy({ $0.start == 0 && $0.step == 1 }):
      return x
    case (let outer as Pad, let own as Pad) where outer.value == own.value:
      return joined(own, outer).map { apply($0, inner(x))[0] }
    case (let outer as Pad, _)
    where outer.parts.allSatisfy({ $0.low == 0 && $0.high == 0 && $0.interior == 0 }):
      return x
    default: return nil
    }
  }

  // pad(pad(x)) -> pad(x), where no axis is changed in two ways that do not add up.
  private func joined(_ inner: Pad, _ outer: Pad) -> Pad? {
    let none = Pad.Part(low: 0, high: 0)
    var parts: [Pad.Part] = []
    for (a, b) in zip(inner.parts, outer.parts) {
      if a == none {
        parts.append(b)
      } else if b == none {
        parts.append(a)
      } else if b.interior == 0, min(a.low, a.high, b.low, b.high) >= 0 {
        parts.append(Pad.Part(low: a.low + b.low, high: a.high + b.high, interior: a.interior))
      } else {
        return nil
      }
    }
    return Pad(parts, value: inner.value)
  }

  // Joining axes of extent 1 only is a reshape.
  fileprivate func simplifyReduce(_ reduce: Reduce, _ x: Tensor) -> Tensor? {
    guard reduce.map.joinedAxes.allSatisfy({ $0.extent == 1 }) else { return nil }
    switch reduce.monoid {
    case .argMaximum, .argMinimum: return nil
    case .sum, .product, .maximum, .minimum, .any, .all: break
    }
    let order = reduce.map.operands[0].compactMap(\.plain)
    let outer = order.filter { $0 < reduce.map.resultRank }
    guard order.count == x.rank, outer == Array(0..<reduce.map.resultRank),
      x.shape.count == reduce.map.resultDims.reduce(1, *)
    else { return nil }
    return x.reshaped(Shape(reduce.map.resultDims))
  }
}
