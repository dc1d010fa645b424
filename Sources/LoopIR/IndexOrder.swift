extension Index.Atom {
  /// A total order of the atoms of one kernel, the same in each run: variables first, outer ones
  /// before inner ones, then quotients, remainders and values.
  static func precedes(_ a: Self, _ b: Self) -> Bool {
    switch (a, b) {
    case (.variable(let x), .variable(let y)): x.id < y.id
    case (.variable, _): true
    case (_, .variable): false
    default: SortKey(a).numbers.lexicographicallyPrecedes(SortKey(b).numbers)
    }
  }
}

// Numbers that differ for different atoms of one kernel, in which ids tell all.
private struct SortKey {
  private(set) var numbers: [Int] = []

  init(_ atom: Index.Atom) { add(atom) }

  private mutating func add(_ atom: Index.Atom) {
    switch atom {
    case .variable(let variable): numbers += [0, variable.id]
    case .quotient(let index, let divisor):
      numbers += [1, divisor]
      add(index)
    case .remainder(let index, let divisor):
      numbers += [2, divisor]
      add(index)
    case .value(let expression, let range):
      numbers += [3, range.lowerBound, range.upperBound]
      add(expression)
    }
  }

  private mutating func add(_ index: Index) {
    numbers += [index.constant, index.terms.count]
    for term in index.terms {
      numbers.append(term.coefficient)
      add(term.atom)
    }
  }

  private mutating func add(_ expression: Expression) {
    switch expression {
    case .literal(let literal):
      numbers.append(0)
      add(literal.description)
    case .local(let local): numbers += [1, local.id]
    case .load(let buffer, _): numbers += [2, buffer.id]
    case .apply(let function, _):
      numbers.append(3)
      add(function.rawValue)
    case .cast(_, let type):
      numbers.append(4)
      add(type.rawValue)
    case .index(_, let type):
      numbers.append(5)
      add(type.rawValue)
    case .within(_, let range): numbers += [6, range.lowerBound, range.upperBound]
    case .reduce(let monoid, let variables, _):
      numbers.append(7)
      add(monoid.rawValue)
      numbers += variables.map(\.id)
    }
    for index in expression.indices { add(index) }
    for operand in expression.operands { add(operand) }
  }

  private mutating func add(_ text: String) {
    numbers += [text.utf8.count] + text.utf8.map { Int($0) }
  }
}
