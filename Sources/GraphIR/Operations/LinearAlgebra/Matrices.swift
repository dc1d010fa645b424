internal import LoopIR

/// Common parts of operations on matrices: the last two axes are rows and columns, all axes before
/// count matrices.
struct MatrixType {
  /// The axes that count matrices.
  let batch: [Int]
  let rows: Int
  let columns: Int
  let element: ElementType

  /// Splits the type of an operand of `op`, which must be matrices of `f32` or `f64`.
  init(_ op: String, _ type: TensorType, square: Bool = false) throws(TypeError) {
    guard type.rank >= 2 else { throw .needsRank(op, "at least 2", "the operand", type) }
    guard type.element == .f32 || type.element == .f64 else { throw .matrixElement(op, type) }
    batch = Array(type.dims.dropLast(2))
    rows = type.dims[type.rank - 2]
    columns = type.dims[type.rank - 1]
    element = type.element
    if square, rows != columns { throw .notSquare(op, type) }
  }

  /// The type of a tensor that has `dims` in the place of rows and columns.
  func with(_ dims: Int..., element: ElementType? = nil) -> TensorType {
    TensorType(element ?? self.element, batch + dims)
  }

  /// Checks that `other` holds as many matrices, with as many rows.
  static func fit(_ op: String, _ a: TensorType, _ b: TensorType) throws(TypeError) {
    guard b.rank >= 2 else { throw .needsRank(op, "at least 2", "the right side", b) }
    guard a.element == b.element else { throw .elementTypesDiffer(op, a, b) }
    guard a.dims[a.rank - 2] == b.dims[b.rank - 2] else { throw .rowsDiffer(op, a, b) }
    guard a.dims.dropLast(2) == b.dims.dropLast(2) else { throw .shapesDiffer(op, a, b) }
  }
}

/// One matrix of an array, for loops that work in place.
struct MatrixView {
  let buffer: Buffer
  let batch: [Index]

  init(_ buffer: Buffer, _ batch: [Index]) {
    self.buffer = buffer
    self.batch = batch
  }

  /// The element at a position.
  subscript(position: Index...) -> Expression { .load(buffer, batch + position) }

  /// Stores a value at a position.
  func set(_ position: Index..., to value: Expression) -> Statement {
    .store(buffer, batch + position, value)
  }

  /// The number `value` in the type of the elements.
  func number(_ value: Double) -> Expression { .literal(Literal(value, buffer.type)) }
}

extension LoopContext {
  /// Returns a loop over the positions from `first` to before `end` on an axis.
  func loop(
    _ name: String, _ extent: Int, from first: Index = Index(0), to end: Index? = nil,
    _ body: (Index) -> [Statement]
  ) -> Statement {
    let variable = self.variable(name, extent)
    return .loop(Loop(variable, from: first, to: end, body(Index(variable))))
  }

  /// Returns loops over the axes that count matrices; the matrices do not depend on each other.
  func forEachMatrix(_ batch: [Int], _ body: ([Index]) -> [Statement]) -> [Statement] {
    let names = batch.count == 1 ? ["b"] : batch.indices.map { "b\($0)" }
    let variables = zip(names, batch).map { variable($0, $1) }
    return variables.reversed().reduce(body(variables.map { Index($0) })) {
      [.loop(Loop($1, kind: .independent, $0))]
    }
  }

  /// Returns a new scalar that may be assigned, and the statement that makes it.
  func scalar(_ name: String, _ value: Expression) -> (Expression, Local, Statement) {
    let local = self.local(name, value.type)
    return (.local(local), local, .variable(local, value))
  }

  /// Returns a name for a value, and the statement that gives it.
  func named(_ name: String, _ value: Expression) -> (Expression, Statement) {
    let local = self.local(name, value.type)
    return (.local(local), .constant(local, value))
  }

  // True iff row and column are equal.
  private func isDiagonal(_ i: Index, _ j: Index) -> Expression {
    .apply(.equal, [.index(i, .i32), .index(j, .i32)])
  }

  /// Returns the statements that set `target` to the identity.
  func setIdentity(_ target: MatrixView, _ rows: Int, _ columns: Int) -> Statement {
    loop("i", rows) { i in
      [
        loop("j", columns) { j in
          [target.set(i, j, to: .cast(isDiagonal(i, j), target.buffer.type))]
        }
      ]
    }
  }

  /// Returns the statements that exchange two elements of one array.
  func exchange(
    _ name: String, _ target: MatrixView, _ a: [Index], _ b: [Index]
  ) -> [Statement] {
    let (old, keep) = named(name, .load(target.buffer, target.batch + a))
    return [
      keep,
      .store(target.buffer, target.batch + a, .load(target.buffer, target.batch + b)),
      .store(target.buffer, target.batch + b, old),
    ]
  }
}
