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
        var names = Reads(writing: body.target) { elements.local($0, $1) }
        body.value = names.named(body.value)
        body.bindings += names.bindings
        return stage.replacing(body)
      })
  }
}

extension [Statement] {
  /// The same for loops whose choices have become simpler since there are loops: an element is read
  /// before the statement that chooses it. `number` is that of the next local.
  func readingBeforeChoosing(_ number: inout Int) -> [Statement] {
    flatMap { statement -> [Statement] in
      func named(
        _ value: Expression, writing element: LoopIR.Element? = nil
      ) -> ([Statement], Expression) {
        var next = number
        var names = Reads(writing: element) { name, type in
          next += 1
          return Local(id: next - 1, name: name, type: type)
        }
        let value = names.named(value)
        number = next
        return (names.bindings.map { .constant($0.0, $0.1) }, value)
      }
      switch statement {
      case .loop(var loop):
        loop.body = loop.body.readingBeforeChoosing(&number)
        return [.loop(loop)]
      case .when(let condition, let then, let otherwise):
        return [
          .when(
            condition, then: then.readingBeforeChoosing(&number),
            otherwise: otherwise.readingBeforeChoosing(&number))
        ]
      case .store(let buffer, let indices, let value):
        let (reads, value) = named(value, writing: LoopIR.Element(buffer, indices))
        return reads + [.store(buffer, indices, value)]
      case .constant(let local, let value):
        let (reads, value) = named(value)
        return reads + [.constant(local, value)]
      case .whileLoop, .variable, .assign, .array, .tile, .transform, .fetch: return [statement]
      }
    }
  }
}

// The names declared before one value.
private struct Reads {
  private(set) var bindings: [(Local, Expression)] = []
  private let makeLocal: (String, ElementType) -> Local
  private var known: [Expression: Local] = [:]
  /// The elements that are read or written in any case, so that they are known to exist.
  private var sure: Set<Expression>

  init(writing element: Element?, _ makeLocal: @escaping (String, ElementType) -> Local) {
    self.makeLocal = makeLocal
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
      let local = makeLocal(buffer.name + "_here", buffer.type)
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
