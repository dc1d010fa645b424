internal import Support

extension LoopProgram {
  /// The integers that an input of a function may hold, by its use: positions on an axis, or what is
  /// compared with positions; nil if nothing says so.
  package func range(ofInput input: Int, in function: LoopFunction) -> ClosedRange<Int>? {
    var ranges: [ClosedRange<Int>] = []
    for case .call(let id, let operands) in function.steps.flattened {
      let kernel = kernels[id]
      for (operand, parameter) in zip(operands, kernel.parameters)
      where operand.base == .input(input) {
        ranges += kernel.ranges(of: parameter.buffer)
      }
    }
    guard let first = ranges.first else { return nil }
    return ranges.reduce(first) { known, range in
      known.overlaps(range) ? known.clamped(to: range) : known
    }
  }
}

extension Kernel {
  // The ranges of the positions that elements of an array stand for.
  fileprivate func ranges(of buffer: Buffer) -> [ClosedRange<Int>] {
    var result: [ClosedRange<Int>] = []
    var named: Set<Local> = []
    func isUsed(_ expression: Expression) -> Bool {
      var found = false
      expression.forEach { part in
        switch part {
        case .load(let other, _): found = found || other.id == buffer.id
        case .local(let local): found = found || named.contains(local)
        case .literal, .apply, .cast, .index, .within, .reduce: break
        }
      }
      return found
    }
    func look(at index: Index) {
      for case .value(let expression, let range) in index.atoms where isUsed(expression) {
        result.append(range)
      }
    }
    body.forEachStatement { statement in
      switch statement {
      case .constant(let local, let value), .variable(let local, let value),
        .assign(let local, let value):
        if isUsed(value), value.type.isInteger { named.insert(local) }
      case .store(_, let indices, _): indices.forEach(look)
      case .loop, .whileLoop, .array, .when, .tile, .fetch: break
      }
    }
    body.forEachExpression { expression in
      expression.indices.forEach(look)
      if case .apply(.equal, let operands) = expression {
        for (a, b) in [(operands[0], operands[1]), (operands[1], operands[0])] where isUsed(a) {
          if let range = b.positions { result.append(range) }
        }
      }
    }
    return result
  }
}

extension Index {
  // What the index is a sum of, also inside of quotients and remainders.
  fileprivate var atoms: [Atom] {
    terms.flatMap { term -> [Atom] in
      switch term.atom {
      case .variable, .value: [term.atom]
      case .quotient(let inner, _), .remainder(let inner, _): inner.atoms
      }
    }
  }
}

extension Expression {
  // The range of a position as a number.
  fileprivate var positions: ClosedRange<Int>? {
    switch self {
    case .index(let index, _): index.range
    case .cast(let inner, _): inner.positions
    case .literal, .local, .load, .apply, .within, .reduce: nil
    }
  }
}
