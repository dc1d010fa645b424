/// A named scalar inside a kernel.
package struct Local: Hashable, Sendable {
  package let id: Int
  package let name: String
  package let type: ElementType

  package init(id: Int, name: String, type: ElementType) {
    self.id = id
    self.name = name
    self.type = type
  }
}

/// An array that a kernel reads or writes: one of its parameters, or an array of its own.
package struct Buffer: Hashable, Sendable {
  package let id: Int
  package let name: String
  package let type: ElementType
  /// The extents; a scalar has none.
  package let shape: [Int]

  package init(id: Int, name: String, type: ElementType, shape: [Int]) {
    self.id = id
    self.name = name
    self.type = type
    self.shape = shape
  }
}

/// How the values of a reduction are joined.
package enum Monoid: String, CaseIterable, Hashable, Sendable {
  case sum, product, maximum, minimum, any, all
  /// The position of the first extreme value, counted over the reduced axes in row-major order.
  case argMaximum, argMinimum

  /// The word for the result, where it differs from that for the reduction.
  package var nameOfResult: String {
    switch self {
    case .sum: "total"
    case .product: "result"
    case .any, .all: "holds"
    case .maximum: "largest"
    case .minimum: "smallest"
    case .argMaximum, .argMinimum: "place"
    }
  }

  /// The word for it in formulas and names.
  package var word: String {
    switch self {
    case .sum, .product, .any, .all: rawValue
    case .maximum: "max"
    case .minimum: "min"
    case .argMaximum: "argmax"
    case .argMinimum: "argmin"
    }
  }
}

/// A scalar computed from loop variables, buffers and locals.
package indirect enum Expression: Hashable, Sendable {
  case literal(Literal)
  case local(Local)
  case load(Buffer, [Index])
  case apply(ScalarFunction, [Expression])
  /// The value converted to a type; floats are held within an integer type.
  case cast(Expression, ElementType)
  /// A position as a number.
  case index(Index, ElementType)
  /// True iff a position lies in a range.
  case within(Index, Range<Int>)
  /// The values for all of some variables, joined. Occurs in definitions only; lowering turns it
  /// into a loop.
  case reduce(Monoid, [Variable], Expression)
}

extension Expression {
  package var type: ElementType {
    switch self {
    case .literal(let literal): literal.type
    case .local(let local): local.type
    case .load(let buffer, _): buffer.type
    case .apply(let function, let operands): function.resultType(operands.map(\.type))
    case .cast(_, let type), .index(_, let type): type
    case .within: .bool
    case .reduce(.argMaximum, _, _), .reduce(.argMinimum, _, _): .i32
    case .reduce(_, _, let body): body.type
    }
  }

  /// The expressions that `self` is directly made of, not looking into indices.
  package var operands: [Expression] {
    switch self {
    case .literal, .local, .load, .index, .within: []
    case .apply(_, let operands): operands
    case .cast(let operand, _), .reduce(_, _, let operand): [operand]
    }
  }

  /// The indices that `self` directly holds.
  package var indices: [Index] {
    switch self {
    case .literal, .local, .apply, .cast, .reduce: []
    case .load(_, let indices): indices
    case .index(let index, _), .within(let index, _): [index]
    }
  }

  /// Calls `visit` for `self` and all expressions inside it, those in indices included.
  package func forEach(_ visit: (Expression) -> Void) {
    visit(self)
    for operand in operands { operand.forEach(visit) }
    for index in indices { index.forEachValue { $0.forEach(visit) } }
  }

  /// True iff the value depends on `variable`.
  package func uses(_ variable: Variable) -> Bool {
    operands.contains { $0.uses(variable) } || indices.contains { $0.uses(variable) }
  }

  /// Returns the expression with each variable replaced by what `substitute` gives for it.
  package func substituting(_ substitute: (Variable) -> Index?) -> Expression {
    map { $0.substituting(substitute) }
  }

  /// Returns the expression with each index changed by `change`, at every depth.
  package func map(_ change: (Index) -> Index) -> Expression {
    switch self {
    case .literal, .local: self
    case .load(let buffer, let indices): .load(buffer, indices.map(change))
    case .apply(let function, let operands): .apply(function, operands.map { $0.map(change) })
    case .cast(let operand, let type): .cast(operand.map(change), type)
    case .index(let index, let type): .index(change(index), type)
    case .within(let index, let range): .within(change(index), range)
    case .reduce(let monoid, let variables, let body):
      .reduce(monoid, variables, body.map(change))
    }
  }

  /// Returns the expression with `change` applied from the leaves up, to the values inside indices
  /// as well.
  package func rewritten(_ change: (Expression) -> Expression) -> Expression {
    switch self {
    case .literal, .local: change(self)
    case .load(let buffer, let indices):
      change(.load(buffer, indices.map { $0.rewritten(change) }))
    case .index(let index, let type): change(.index(index.rewritten(change), type))
    case .within(let index, let range): change(.within(index.rewritten(change), range))
    case .apply(let function, let operands):
      change(.apply(function, operands.map { $0.rewritten(change) }))
    case .cast(let operand, let type):
      change(.cast(operand.rewritten(change), type))
    case .reduce(let monoid, let variables, let body):
      change(.reduce(monoid, variables, body.rewritten(change)))
    }
  }
}

extension Index {
  /// Calls `visit` for each expression inside the index.
  package func forEachValue(_ visit: (Expression) -> Void) {
    for term in terms {
      switch term.atom {
      case .variable: continue
      case .quotient(let inner, _), .remainder(let inner, _): inner.forEachValue(visit)
      case .value(let expression, _): visit(expression)
      }
    }
  }
}
