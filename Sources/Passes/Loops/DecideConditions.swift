internal import LoopIR

extension [Statement] {
  /// Returns the statements with some conditions decided, in addition to those that the extents of
  /// loops decide, and without the choices and names that this makes superfluous.
  func deciding(_ decide: @escaping (Expression) -> Bool? = { _ in nil }) -> [Statement] {
    var decision = Decision(decide: decide)
    return decision.decided(self).withoutUnreadNames
  }
}

// The conditions decided at one place.
private struct Decision {
  let decide: (Expression) -> Bool?
  /// The names that turned out to be constants.
  var constants: [Local: Literal] = [:]

  mutating func decided(_ body: [Statement]) -> [Statement] {
    let outer = constants
    defer { constants = outer }
    return body.flatMap { decided($0) }
  }

  private mutating func decided(_ statement: Statement) -> [Statement] {
    switch statement {
    case .constant(let local, let value):
      let value = decided(value)
      guard case .literal(let literal) = value else { return [.constant(local, value)] }
      constants[local] = literal
      return []
    case .when(let condition, let then, let otherwise):
      let condition = decided(condition)
      let branches = (decided(then), decided(otherwise))
      if case .literal(let literal) = condition {
        return literal.integer != 0 ? branches.0 : branches.1
      }
      return [.when(condition, then: branches.0, otherwise: branches.1)]
    case .loop(var loop):
      loop.first = decided(loop.first)
      loop.end = decided(loop.end)
      loop.body = decided(loop.body)
      return [.loop(loop)]
    case .whileLoop(let condition, let body):
      return [.whileLoop(decided(condition), decided(body))]
    case .tile(var tile):
      tile.body = decided(tile.body)
      return [.tile(tile)]
    case .transform: return [statement]
    case .variable(let local, let value): return [.variable(local, decided(value))]
    case .assign(let local, let value): return [.assign(local, decided(value))]
    case .array: return [statement]
    case .store(let buffer, let indices, let value):
      return [.store(buffer, indices.map { decided($0) }, decided(value))]
    case .fetch(let buffer, let indices, let count):
      return [.fetch(buffer, indices.map { decided($0) }, count: count)]
    }
  }

  private func decided(_ index: Index) -> Index { index.rewritten(folded) }

  private func decided(_ value: Expression) -> Expression { value.rewritten(folded) }

  // The value of an expression whose operands are decided already.
  private func folded(_ value: Expression) -> Expression {
    switch value {
    case .within(let index, let range):
      let truth = decide(value) ?? range.decides(index.range)
      return truth.map { .literal(Literal(Int64($0 ? 1 : 0), .bool)) } ?? value
    case .local(let local): return constants[local].map { .literal($0) } ?? value
    case .apply(.and, let operands):
      if let first = operands[0].truth { return first ? operands[1] : operands[0] }
      return operands[1].truth.map { $0 ? operands[0] : operands[1] } ?? value
    case .apply(.or, let operands):
      if let first = operands[0].truth { return first ? operands[0] : operands[1] }
      return operands[1].truth.map { $0 ? operands[1] : operands[0] } ?? value
    case .apply(.not, let operands):
      return operands[0].truth.map { .literal(Literal(Int64($0 ? 0 : 1), .bool)) } ?? value
    case .apply(.select, let operands):
      if operands[1] == operands[2] { return operands[1] }
      return operands[0].truth.map { $0 ? operands[1] : operands[2] } ?? value
    case .apply(.add, let operands): return operands[0].adding(operands[1]) ?? value
    case .literal, .load, .apply, .cast, .index, .reduce: return value
    }
  }
}

extension Range<Int> {
  // True if the range holds all of `values`, false if it holds none.
  fileprivate func decides(_ values: ClosedRange<Int>) -> Bool? {
    if lowerBound <= values.lowerBound && values.upperBound < upperBound { return true }
    return values.upperBound < lowerBound || upperBound <= values.lowerBound ? false : nil
  }
}

extension Expression {
  // The sum of two values where it can be simplified without changing a bit: `0 + 1`, and `x + 0 +
  // 0`. `x + 0` alone is not `x`, as it turns -0 into 0.
  fileprivate func adding(_ other: Expression) -> Expression? {
    guard type == .f32 || type == .f64 else { return nil }
    if case .literal(let a) = self, case .literal(let b) = other {
      return .literal(Literal(type.computed(type.stored(a.double) + type.stored(b.double)), type))
    }
    guard other.isZero, case .apply(.add, let operands) = self else { return nil }
    return operands.contains(where: \.isZero) ? self : nil
  }

  private var isZero: Bool {
    if case .literal(let literal) = self { literal.isExactly(0) } else { false }
  }

  // The value of a condition that is a constant.
  fileprivate var truth: Bool? {
    guard case .literal(let literal) = self, literal.type == .bool else { return nil }
    return literal.integer != 0
  }
}

extension [Statement] {
  /// The statements without names that nobody reads, and without loops and choices that do nothing.
  /// A name declared before the statements stays, as others may read it.
  var withoutUnreadNames: [Statement] {
    var result = self
    while true {
      var idle: Set<Local> = []
      result.forEachStatement { statement in
        switch statement {
        case .constant(let local, _), .variable(let local, _): idle.insert(local)
        case .loop, .whileLoop, .when, .tile, .transform, .assign, .array, .store, .fetch: break
        }
      }
      result.forEachExpression { if case .local(let local) = $0 { idle.remove(local) } }
      let kept = result.dropping(idle)
      if kept == result { return kept }
      result = kept
    }
  }

  private func dropping(_ idle: Set<Local>) -> [Statement] {
    compactMap { statement in
      switch statement {
      case .constant(let local, _), .variable(let local, _), .assign(let local, _):
        return idle.contains(local) ? nil : statement
      case .loop(var loop):
        loop.body = loop.body.dropping(idle)
        return loop.body.isEmpty || loop.neverRuns ? nil : .loop(loop)
      case .whileLoop(let condition, let body):
        return .whileLoop(condition, body.dropping(idle))
      case .when(let condition, let then, let otherwise):
        let (then, otherwise) = (then.dropping(idle), otherwise.dropping(idle))
        if then.isEmpty && otherwise.isEmpty { return nil }
        return .when(condition, then: then, otherwise: otherwise)
      case .tile(var tile):
        tile.body = tile.body.dropping(idle)
        return .tile(tile)
      case .array, .store, .transform, .fetch: return statement
      }
    }
  }
}

extension Loop {
  fileprivate var neverRuns: Bool {
    guard let first = first.asConstant, let end = end.asConstant else { return false }
    return end <= first
  }
}
