extension Statement {
  /// The expressions that `self` directly holds, not those of statements inside it.
  package var expressions: [Expression] {
    switch self {
    case .loop, .array, .fetch: []
    case .whileLoop(let value, _), .constant(_, let value), .variable(_, let value),
      .assign(_, let value), .store(_, _, let value), .when(let value, _, _):
      [value]
    case .tile(let tile): [tile.product]
    case .transform(let transform): [transform.source.element.value]
    }
  }

  /// The element that `self` writes, or the first of many, if it is no block.
  package var written: Element? {
    switch self {
    case .store(let buffer, let indices, _): Element(buffer, indices)
    case .transform(let transform): transform.target.element
    case .loop, .whileLoop, .constant, .variable, .assign, .array, .when, .tile, .fetch: nil
    }
  }

  /// The indices that `self` directly holds.
  package var indices: [Index] {
    switch self {
    case .store(_, let indices, _), .fetch(_, let indices, _): indices
    case .loop(let loop): loop.isWhole ? [] : [loop.first, loop.end]
    case .transform(let transform): transform.target.element.indices
    case .whileLoop, .constant, .variable, .assign, .array, .when, .tile: []
    }
  }

  /// The blocks of statements inside `self`.
  package var blocks: [[Statement]] {
    switch self {
    case .loop(let loop): [loop.body]
    case .tile(let tile): [tile.body]
    case .whileLoop(_, let body): [body]
    case .when(_, let then, let otherwise): [then, otherwise]
    case .constant, .variable, .assign, .array, .store, .transform, .fetch: []
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

extension Statement {
  /// Returns the statement with all its expressions changed by `change`, at every depth; the
  /// factors of a tile stay as they are.
  package func mapped(
    _ change: (Expression) -> Expression, _ move: (Index) -> Index
  ) -> Statement {
    func inside(_ body: [Statement]) -> [Statement] { body.map { $0.mapped(change, move) } }
    switch self {
    case .loop(var loop):
      (loop.first, loop.end) = (move(loop.first), move(loop.end))
      loop.body = inside(loop.body)
      return .loop(loop)
    case .tile(var tile):
      tile.body = inside(tile.body)
      return .tile(tile)
    case .transform(let transform): return .transform(transform.moved(move))
    case .whileLoop(let condition, let body): return .whileLoop(change(condition), inside(body))
    case .constant(let local, let value): return .constant(local, change(value))
    case .variable(let local, let value): return .variable(local, change(value))
    case .assign(let local, let value): return .assign(local, change(value))
    case .array: return self
    case .store(let buffer, let indices, let value):
      return .store(buffer, indices.map(move), change(value))
    case .fetch(let buffer, let indices, let count):
      return .fetch(buffer, indices.map(move), count: count)
    case .when(let condition, let then, let otherwise):
      return .when(change(condition), then: inside(then), otherwise: inside(otherwise))
    }
  }
}

extension Transform {
  // The transform with its matrices at other positions.
  fileprivate func moved(_ move: (Index) -> Index) -> Transform {
    var result = self
    result.target.element.indices = target.element.indices.map(move)
    result.source.element.indices = source.element.indices.map(move)
    return result
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
