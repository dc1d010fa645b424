extension Statement {
  /// The expressions that `self` directly holds, not those of statements inside it.
  package var expressions: [Expression] {
    switch self {
    case .loop, .array: []
    case .whileLoop(let value, _), .constant(_, let value), .variable(_, let value),
      .assign(_, let value), .store(_, _, let value), .when(let value, _, _):
      [value]
    }
  }

  /// The indices that `self` directly holds.
  package var indices: [Index] {
    switch self {
    case .store(_, let indices, _): indices
    case .loop(let loop): loop.isWhole ? [] : [loop.first, loop.end]
    case .whileLoop, .constant, .variable, .assign, .array, .when: []
    }
  }

  /// The blocks of statements inside `self`.
  package var blocks: [[Statement]] {
    switch self {
    case .loop(let loop): [loop.body]
    case .whileLoop(_, let body): [body]
    case .when(_, let then, let otherwise): [then, otherwise]
    case .constant, .variable, .assign, .array, .store: []
    }
  }
}

extension [Statement] {
  /// Calls `visit` for each statement, and those inside it after it.
  package func forEachStatement(_ visit: (Statement) -> Void) {
    for statement in self {
      visit(statement)
      for block in statement.blocks { block.forEachStatement(visit) }
    }
  }

  /// Calls `visit` for each expression in the statements, at every depth.
  package func forEachExpression(_ visit: (Expression) -> Void) {
    forEachStatement { (statement) in
      for expression in statement.expressions { expression.forEach(visit) }
      for index in statement.indices { index.forEachValue { $0.forEach(visit) } }
    }
  }
}

extension Index {
  /// The variables in the order in which they first occur, those in run-time values included.
  package var variables: [Variable] {
    var result: [Variable] = []
    collect(&result)
    return result
  }

  private func collect(_ result: inout [Variable]) {
    for term in terms {
      switch term.atom {
      case .variable(let variable):
        if !result.contains(variable) { result.append(variable) }
      case .quotient(let inner, _), .remainder(let inner, _): inner.collect(&result)
      case .value(let expression, _):
        expression.forEach { (inner) in for index in inner.indices { index.collect(&result) } }
      }
    }
  }
}
