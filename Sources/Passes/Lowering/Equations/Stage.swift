internal import LoopIR

/// One step of a kernel, for each position of its domain.
enum Stage {
  /// Computes one value.
  case single(Assignment)
  case reduce(Reduction)
  /// Declares a row temporary.
  case temporary(Buffer)
  /// Fills one row of an array.
  case row(RowPass)

  /// Names a value.
  static func bind(_ local: Local, _ value: Expression) -> Stage { .single(.bind(local, value)) }

  /// Stores an element of a result.
  static func store(_ buffer: Buffer, _ indices: [Index], _ value: Expression) -> Stage {
    .single(.store(buffer, indices, value))
  }
}

/// A value of one position: with a name, or as an element of a result.
enum Assignment {
  case bind(Local, Expression)
  case store(Buffer, [Index], Expression)
}

/// A reduction inside a kernel.
struct Reduction {
  /// Holds the result.
  let result: Local
  let monoid: Monoid
  /// The reduced variables, outermost first.
  var variables: [Variable]
  /// Names that the body uses, declared for each value of the variables.
  var bindings: [(Local, Expression)]
  var body: Expression
}

/// The elements of one row, in order.
struct RowPass {
  let variables: [Variable]
  /// Names that the value uses, declared for each element.
  var bindings: [(Local, Expression)]
  /// The element that is stored.
  var target: Element
  var value: Expression
}

extension Assignment {
  /// The value.
  var value: Expression {
    switch self {
    case .bind(_, let value), .store(_, _, let value): value
    }
  }

  /// The assignment in a loop.
  var statement: Statement {
    switch self {
    case .bind(let local, let value): .constant(local, value)
    case .store(let buffer, let indices, let value): .store(buffer, indices, value)
    }
  }

  /// Returns the assignment with its value and its stored element changed.
  func mapped(
    _ change: (Expression) -> Expression, element: (Element) -> Element = { $0 }
  ) -> Assignment {
    switch self {
    case .bind(let local, let value): return .bind(local, change(value))
    case .store(let buffer, let indices, let value):
      let target = element(Element(buffer, indices))
      return .store(target.buffer, target.indices, change(value))
    }
  }

  /// Returns the assignment at another position: `move` gives what stands for a variable, `change`
  /// what stands for a value that has been moved.
  func moved(
    _ move: (Variable) -> Index?, _ change: (Expression) -> Expression
  ) -> Assignment {
    mapped(
      { change($0.substituting(move)) },
      element: { Element($0.buffer, $0.indices.map { $0.substituting(move) }) })
  }
}

extension Reduction {
  /// Returns the reduction with its values changed.
  func mapped(_ change: (Expression) -> Expression) -> Reduction {
    var result = self
    result.bindings = bindings.map { ($0, change($1)) }
    result.body = change(body)
    return result
  }
}

extension Stage {
  /// The values that the stage computes.
  var values: [Expression] {
    switch self {
    case .single(let assignment): [assignment.value]
    case .reduce(let reduction): reduction.bindings.map(\.1) + [reduction.body]
    case .temporary: []
    case .row(let row): row.bindings.map(\.1) + [row.value]
    }
  }

  /// Returns the stage with its values changed, and the elements that it stores; the names of row
  /// temporaries do not change.
  func mapped(
    _ change: (Expression) -> Expression, element: (Element) -> Element = { $0 }
  ) -> Stage {
    switch self {
    case .single(let assignment): return .single(assignment.mapped(change, element: element))
    case .reduce(let reduction): return .reduce(reduction.mapped(change))
    case .temporary: return self
    case .row(var row):
      row.bindings = row.bindings.map { ($0, change($1)) }
      row.value = change(row.value)
      row.target = element(row.target)
      return .row(row)
    }
  }
}

/// The body of a stage, for each value of its variables.
struct StageBody {
  /// The variables; a single value has none.
  let variables: [Variable]
  /// The element that is stored, if any.
  let target: Element?
  var bindings: [(Local, Expression)]
  var value: Expression
}

extension Stage {
  /// The body of the stage; nil if it computes nothing.
  var body: StageBody? {
    switch self {
    case .single(.bind(_, let value)):
      StageBody(variables: [], target: nil, bindings: [], value: value)
    case .single(.store(let buffer, let indices, let value)):
      StageBody(variables: [], target: Element(buffer, indices), bindings: [], value: value)
    case .reduce(let own):
      StageBody(variables: own.variables, target: nil, bindings: own.bindings, value: own.body)
    case .temporary: nil
    case .row(let row):
      StageBody(
        variables: row.variables, target: row.target, bindings: row.bindings, value: row.value)
    }
  }

  /// Returns the stage with another body. Names for a single value are stages before it.
  func replacing(_ body: StageBody) -> [Stage] {
    switch self {
    case .single(let assignment):
      return body.bindings.map { .bind($0, $1) }
        + [.single(assignment.mapped({ _ in body.value }))]
    case .reduce(var reduction):
      (reduction.bindings, reduction.body) = (body.bindings, body.value)
      return [.reduce(reduction)]
    case .temporary: return [self]
    case .row(var row):
      (row.bindings, row.value) = (body.bindings, body.value)
      return [.row(row)]
    }
  }
}
