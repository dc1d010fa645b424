internal import LoopIR

extension KernelStages {
  /// Returns the kernel with names for expensive values that are invariant in a loop over a row:
  ///
  ///     y[n, i] = e[i] * (1 / sum)
  /// ->
  ///     let divide = 1 / sum
  ///     y[n, i] = e[i] * divide
  ///
  /// Compilers would hoist most of these, but not those under a condition.
  func namingRowConstants() -> KernelStages {
    replacing(
      stages.flatMap { stage -> [Stage] in
        guard var body = stage.body, !body.variables.isEmpty else { return [stage] }
        var names = RowConstants(elements, body.variables, writing: body.target?.buffer)
        body.bindings = body.bindings.map { ($0, names.named($1, for: $0)) }
        body.value = names.named(body.value)
        return names.stages + stage.replacing(body)
      })
  }
}

// The names declared before one loop.
private struct RowConstants {
  private(set) var stages: [Stage] = []
  private let elements: KernelElements
  private let variables: [Variable]
  private let written: Buffer?
  private var inner: Set<Local> = []
  private var known: [Expression: Local] = [:]

  init(_ elements: KernelElements, _ variables: [Variable], writing written: Buffer?) {
    self.elements = elements
    self.variables = variables
    self.written = written
  }

  // The value of a name that is declared inside the loop.
  mutating func named(_ value: Expression, for local: Local) -> Expression {
    let result = named(value)
    inner.insert(local)
    return result
  }

  mutating func named(_ value: Expression) -> Expression {
    guard case .apply(let function, let operands) = value else { return value }
    guard takesLong(value), isConstant(value) else {
      return .apply(function, operands.map { named($0) })
    }
    if let local = known[value] { return .local(local) }
    let local = elements.local(function.rawValue, value.type)
    known[value] = local
    stages.append(.bind(local, value))
    return .local(local)
  }

  private func takesLong(_ value: Expression) -> Bool {
    var result = false
    value.forEach { part in
      guard case .apply(let function, _) = part else { return }
      if function.row.cost > .low { result = true }
    }
    return result
  }

  // True iff the value may be computed before the loop. Under a condition an element may be out of
  // bounds, so it must not be read early.
  private func isConstant(_ value: Expression) -> Bool {
    guard value.type.isFloat, !variables.contains(where: { value.uses($0) }) else { return false }
    var result = true
    value.forEach { part in
      switch part {
      case .local(let local): if inner.contains(local) { result = false }
      case .load(let buffer, let indices):
        let isInside = zip(indices, buffer.shape).allSatisfy {
          $0.range.lowerBound >= 0 && $0.range.upperBound < $1
        }
        if buffer == written || !isInside { result = false }
      case .literal, .apply, .cast, .index, .within, .reduce: break
      }
    }
    return result
  }
}
