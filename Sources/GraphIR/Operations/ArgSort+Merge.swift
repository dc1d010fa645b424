internal import LoopIR

/// The loops of an `argsort` of whole rows: runs of 1, 2, 4 and so on positions are merged in pairs
/// into the second result and copied back. A heap would need no extra memory, but its accesses
/// jump: for a million numbers it took three times as long.
struct Merge {
  private let op: ArgSort
  private let context: LoopContext
  private let rows: [Variable]
  private let count: Int
  private let width: Local
  private let low: Local
  private let middle: Local
  private let end: Local

  init(_ op: ArgSort, _ type: TensorType, _ context: LoopContext) {
    self.op = op
    self.context = context
    rows = context.variables(type.dims)
    count = op.count
    width = context.local("width", .i32)
    low = context.local("low", .i32)
    middle = context.local("middle", .i32)
    end = context.local("end", .i32)
  }

  func statements() -> [Statement] {
    let (from, to) = (context.variable("k", count), context.variable("k", count))
    let start = Loop(
      from, kind: .independent, [.store(order, place(Index(from)), .index(Index(from), .i32))])
    let copy = Loop(
      to, kind: .independent,
      [.store(order, place(Index(to)), .load(memory, place(Index(to))))])
    let pass: [Statement] = [
      .variable(low, .whole(0)),
      .whileLoop(Expression.local(low).isBelow(.whole(count)), pair),
      .loop(copy), .assign(width, .whole(2) * .local(width)),
    ]
    let body: [Statement] = [
      .loop(start), .variable(width, .whole(1)),
      .whileLoop(Expression.local(width).isBelow(.whole(count)), pass),
    ]
    let outer = rows.enumerated().filter { $0.offset != op.axis }.map(\.element)
    return LoopContext.nest(outer, body)
  }

  private var order: Buffer { context.results[0] }
  private var memory: Buffer { context.results[1] }

  private func place(_ along: Index) -> [Index] {
    rows.enumerated().map { $0 == op.axis ? along : Index($1) }
  }

  private func slot(_ number: Local) -> [Index] {
    place(Index(.local(number), in: 0...(count - 1)))
  }

  // The element whose position is in a slot.
  private func element(_ number: Local) -> Expression {
    context.operands(0, place(Index(.load(order, slot(number)), in: 0...(count - 1))))
  }

  // Merges the run that begins at `low` with the next one. Of equal elements the left one is taken.
  private var pair: [Statement] {
    let (left, right) = (context.local("left", .i32), context.local("right", .i32))
    let next = context.local("next", .i32)
    func more(_ start: Local) -> Expression {
      (Expression.local(start) + .local(width)).or(atMost: .whole(count))
    }
    func advance(_ number: Local) -> Statement {
      .assign(number, .local(number) + 1)
    }
    let isRightEmpty = Expression.local(right).equals(.local(end))
    let isLeftFirst = Expression.local(left).isBelow(.local(middle))
      .and(op.precedes(element(right), element(left)).inverted)
    return [
      .constant(middle, more(low)), .constant(end, more(middle)),
      .variable(left, .local(low)), .variable(right, .local(middle)),
      .variable(next, .local(low)),
      .whileLoop(
        Expression.local(next).isBelow(.local(end)),
        [
          .when(
            isRightEmpty.or(isLeftFirst),
            then: [.store(memory, slot(next), .load(order, slot(left))), advance(left)],
            otherwise: [.store(memory, slot(next), .load(order, slot(right))), advance(right)]),
          advance(next),
        ]),
      .assign(low, .local(end)),
    ]
  }
}
