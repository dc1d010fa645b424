internal import LoopIR

extension KernelStages {
  /// Returns the kernel with names for elements that are read only if a condition holds:
  ///
  ///     y[n, c] = x[n, c] > 0 ? g[n, c] : 0
  /// ->
  ///     let g_here = g[n, c]
  ///     y[n, c] = x[n, c] > 0 ? g_here : 0
  ///
  /// Compilers must not read an element that the program might not read, as it may not exist; and
  /// without reading it they cannot vectorise.
  func readingBeforeChoosing() -> KernelStages {
    replacing(
      stages.flatMap { stage -> [Stage] in
        guard var body = stage.body else { return [stage] }
        var names = Reads(elements, writing: body.target)
        body.value = names.named(body.value)
        body.bindings += names.bindings
        return stage.replacing(body)
      })
  }
}

// The names declared before one value.
private struct Reads {
  private(set) var bindings: [(Local, Expression)] = []
  private let elements: KernelElements
  private var known: [Expression: Local] = [:]
  /// The elements that are read or written in any case, so that they are known to exist.
  private var sure: Set<Expression>

  init(_ elements: KernelElements, writing element: Element? = nil) {
    self.elements = elements
    sure = element.map { [$0.value] } ?? []
  }

  mutating func named(_ value: Expression) -> Expression {
    noteSure(value)
    return named(value, isChosen: false)
  }

  private mutating func noteSure(_ value: Expression) {
    switch value {
    case .load: sure.insert(value)
    case .apply(.select, let operands): noteSure(operands[0])
    default: for operand in value.operands { noteSure(operand) }
    }
  }

  private mutating func named(_ value: Expression, isChosen: Bool) -> Expression {
    switch value {
    case .literal, .local, .index, .within, .reduce: return value
    case .cast(let operand, let type): return .cast(named(operand, isChosen: isChosen), type)
    case .apply(.select, let operands):
      // A preceding check of an index may be what makes the element exist.
      if operands[0].looksAtIndex { return value }
      return .apply(
        .select,
        [named(operands[0], isChosen: isChosen)]
          + operands.dropFirst().map { named($0, isChosen: true) })
    case .apply(let function, let operands):
      return .apply(function, operands.map { named($0, isChosen: isChosen) })
    case .load(let buffer, let indices):
      guard isChosen, !sure.contains(value), Element(buffer, indices).exists else { return value }
      if let local = known[value] { return .local(local) }
      let local = elements.local(buffer.name + "_here", buffer.type)
      known[value] = local
      bindings.append((local, value))
      return .local(local)
    }
  }
}

extension Expression {
  // True iff the value depends on whether a position lies in a range.
  fileprivate var looksAtIndex: Bool {
    var found = false
    forEach { if case .within = $0 { found = true } }
    return found
  }
}

extension Element {
  // True iff the element is known to exist, whatever the arrays hold.
  fileprivate var exists: Bool {
    zip(indices, buffer.shape).allSatisfy { index, extent in
      var isPlain = true
      index.forEachValue { _ in isPlain = false }
      return isPlain && index.range.lowerBound >= 0 && index.range.upperBound < extent
    }
  }
}
