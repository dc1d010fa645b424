internal import LoopIR
package import Support

/// The positions of the first elements along an axis, in ascending or descending order, as `i32`.
/// Equal elements stay in their order; NaN counts as larger than all numbers.
///
///     %1 = argsort %0 {1, 5, descending} : i32[32, 5]
///     %2 = argsort %0 {1, 100, ascending} : i32[32, 100], i32[32, 100]
///
/// All of sorting is this and `takeAlongAxis`. The first k of n elements take n log k comparisons
/// at most and no memory but the result, which is a heap while it is made. All n elements are
/// merged, n log n comparisons: the second result is the memory that this needs.
package struct ArgSort: Operation {
  package let axis: Int
  /// How many positions are wanted.
  package let count: Int
  package let descending: Bool

  package init(axis: Int, count: Int, descending: Bool) {
    self.axis = axis
    self.count = count
    self.descending = descending
  }

  package static let word = "argsort"
  package var attributes: String {
    "\(axis), \(count), \(descending ? "descending" : "ascending")"
  }

  package init(from text: inout OperationText) throws(ParseError) {
    axis = try text.attributes.integer("an axis", in: text.attribute)
    try text.attributes.expect(",")
    count = try text.attributes.integer("a number of elements", in: 1...text.attribute.upperBound)
    try text.attributes.expect(",")
    let order: Order = try text.attributes.choice("'ascending' or 'descending'")
    descending = order == .descending
  }

  /// True iff all elements of a row of `x` are put in order.
  func isWhole(_ x: TensorType) -> Bool { count > 1 && count == x.dims[axis] }

  private enum Order: String { case ascending, descending }

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .opaque }

  /// Numbers, and no more positions than the axis has elements. The result is `i32`; if whole rows
  /// are sorted, there are two results of one type.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let x = operands[0]
    guard x.dims.indices.contains(axis) else { throw .axis(mnemonic, axis, x) }
    guard x.element != .bool else { throw .needsNumbers(mnemonic, x) }
    guard count <= x.dims[axis] else { throw .moreThanThere(mnemonic, count, axis, x) }
    let result = TensorType(.i32, x.dims[..<axis] + [count] + x.dims[(axis + 1)...])
    return isWhole(x) ? [result, result] : [result]
  }

  /// None: the results are positions.
  package func gradient(_ context: GradientContext) -> [Tensor?] { [nil] }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .loops { context in
      explain(operands[0], context)
      if isWhole(operands[0]) { return Merge(self, operands[0], context).statements() }
      return Heap(self, operands[0], context).statements()
    }
  }
}

extension ArgSort {
  private func explain(_ x: TensorType, _ context: LoopContext) {
    let variables = context.variables(x.dims)
    func place(_ along: Variable) -> [Index] {
      variables.enumerated().map { Index($0 == axis ? along : $1) }
    }
    let row = context.text(result: 0, place(context.variable(":", 2)))
    let key = context.text(operand: 0, place(context.variable("k", 2)))
    let all = isWhole(x) ? "all" : "first \(count)"
    context.explain("\(row) = \(all) k by \(descending ? "falling" : "rising") \(key)")
  }

  /// True iff a value comes before another in the order, whatever their positions.
  func precedes(_ a: Expression, _ b: Expression) -> Expression {
    descending ? a.isAboveOrNaN(b) : b.isAboveOrNaN(a)
  }

  /// The result for given operands.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let x = operands[0]
    var dims = x.dims
    dims[axis] = count
    var result = Numbers.filled(TensorType(.i32, dims), 0)
    for row in Numbers.rows(x.dims, axis: axis) {
      let places = (0..<x.dims[axis]).map { row.at($0, axis) }
      let keys = places.map { x[$0].isNaN ? .infinity : x[$0] }
      func isBefore(_ a: Int, _ b: Int) -> Bool {
        let (p, q) = (x[places[a]].isNaN, x[places[b]].isNaN)
        if p != q { return descending ? p : q }
        if keys[a] == keys[b] { return a < b }
        return descending ? keys[a] > keys[b] : keys[a] < keys[b]
      }
      let order = places.indices.sorted(by: isBefore)
      // If two neighbours may change places, the whole row is uncertain.
      let isSure = zip(order, order.dropFirst()).allSatisfy { a, b in
        let reach = x.bounds[x.offset(places[a])] + x.bounds[x.offset(places[b])]
        return reach == 0 || (keys[a] - keys[b]).magnitude > reach
      }
      for i in 0..<count {
        result.set(row.at(i, axis), Double(order[i]), bound: isSure ? 0 : .infinity)
      }
    }
    // The memory for merging has no meaningful value.
    let memory = Numbers(
      result.type, result.values, bounds: result.values.map { _ in .infinity })
    return isWhole(x.type) ? [result, memory] : [result]
  }
}

/// The loops of one `argsort`: a heap of the first elements found so far, the last of them at its
/// root. It is built from the first positions, offered all others, and then emptied from the end,
/// which leaves it sorted.
private struct Heap {
  let op: ArgSort
  let type: TensorType
  let context: LoopContext
  private let target: Buffer
  private let rows: [Variable]
  private let hole: Local
  private let size: Local
  private let item: Local
  private let child: Local
  private let key: Local

  init(_ op: ArgSort, _ type: TensorType, _ context: LoopContext) {
    self.op = op
    self.type = type
    self.context = context
    target = context.results[0]
    rows = context.variables(type.dims)
    hole = context.local("hole", .i32)
    size = context.local("size", .i32)
    item = context.local("item", .i32)
    child = context.local("child", .i32)
    key = context.local("key", type.element)
  }

  func statements() -> [Statement] {
    let outer = rows.enumerated().filter { $0.offset != op.axis }.map(\.element)
    return LoopContext.nest(outer, op.count == 1 ? search : sort)
  }

  // A single position needs no heap.
  private var search: [Statement] {
    let next = context.variable("k", type.dims[op.axis])
    let own = Expression.index(Index(next), .i32)
    let isBetter = op.precedes(element(own), element(.local(item)))
    return [
      .variable(item, .whole(0)),
      .loop(Loop(next, [.when(isBetter, then: [.assign(item, own)], otherwise: [])])),
      .store(target, place(Index(0)), .local(item)),
    ]
  }

  private var sort: [Statement] {
    let first = context.variable("k", op.count)
    let fill = Loop(
      first, kind: .independent, [.store(target, place(Index(first)), .index(Index(first), .i32))])
    let step = context.variable("step", stepCount)
    return [.loop(fill), .loop(Loop(step, stepStatements(step)))]
  }

  // The numbers of steps that build the heap, that build it and offer elements, and of all steps.
  private var makeCount: Int { op.count / 2 }
  private var tryCount: Int { type.dims[op.axis] - op.count }
  private var stepCount: Int { makeCount + tryCount + op.count - 1 }

  private func place(_ along: Index) -> [Index] {
    rows.enumerated().map { $0 == op.axis ? along : Index($1) }
  }

  // The position in the heap's slot that an expression names.
  private func slot(_ number: Expression) -> Expression {
    .load(target, slotIndex(number))
  }

  private func slotIndex(_ number: Expression) -> [Index] {
    place(Index(number, in: 0...(op.count - 1)))
  }

  // The element at a position.
  private func element(_ position: Expression) -> Expression {
    context.operands(0, place(Index(position, in: 0...(type.dims[op.axis] - 1))))
  }

  // True iff the element at one position comes after that at another.
  private func follows(
    _ a: (position: Expression, value: Expression), _ b: (position: Expression, value: Expression)
  ) -> Expression {
    let isLater = a.position.isAbove(b.position)
    return op.precedes(b.value, a.value).or(isLater.and(op.precedes(a.value, b.value).inverted))
  }

  private func stepStatements(_ step: Variable) -> [Statement] {
    let made = makeCount
    let tried = made + tryCount
    let down = Statement.assign(hole, .index(Index(made - 1) - Index(step), .i32))
    let make = (made > 1 ? [down] : []) + [.assign(item, slot(.local(hole)))]
    let new = context.local("candidate", type.element)
    let last = context.local("last", type.element)
    let attempt: [Statement] = [
      .assign(item, .index(Index(step) + (op.count - made), .i32)),
      .constant(new, element(.local(item))), .constant(last, element(slot(.whole(0)))),
      .when(
        op.precedes(.local(new), .local(last)).inverted, then: [.assign(size, .whole(0))],
        otherwise: []),
    ]
    let empty: [Statement] = [
      .assign(size, .index(Index(stepCount) - Index(step), .i32)),
      .assign(item, slot(.local(size))),
      .store(target, slotIndex(.local(size)), slot(.whole(0))),
    ]
    let rest =
      tryCount > 0
      ? [.when(.within(Index(step), 0..<tried), then: attempt, otherwise: empty)] : empty
    let choice = Statement.when(.within(Index(step), 0..<made), then: make, otherwise: rest)
    let start: [Statement] = [
      .variable(hole, .whole(0)), .variable(size, .whole(op.count)), .variable(item, .whole(0)),
    ]
    let isSifted = Expression.local(size).isAbove(.whole(0))
    let sifted: [Statement] =
      tryCount > 0 ? [.when(isSifted, then: sift, otherwise: [])] : sift
    return start + [choice] + sifted
  }

  // Moves the hole down past all elements that come after the item, then puts the item there.
  private var sift: [Statement] {
    let put = Statement.store(target, slotIndex(.local(hole)), .local(item))
    let next = Expression.local(child) + 1
    let (a, b) = (context.local("a", .i32), context.local("b", .i32))
    let left = context.local("left", type.element)
    let right = context.local("right", type.element)
    let below = context.local("below", .i32)
    let own = context.local("value", type.element)
    func down(_ slot: Local) -> Expression { .whole(2) * .local(slot) + 1 }
    let chooseRight: [Statement] = [
      .constant(a, slot(.local(child))), .constant(b, slot(next)),
      .constant(left, element(.local(a))), .constant(right, element(.local(b))),
      .when(
        follows((.local(b), .local(right)), (.local(a), .local(left))),
        then: [.assign(child, next)], otherwise: []),
    ]
    return [
      .constant(key, element(.local(item))),
      .variable(child, down(hole)),
      .whileLoop(
        Expression.local(child).isBelow(.local(size)),
        [
          .when(next.isBelow(.local(size)), then: chooseRight, otherwise: []),
          .constant(below, slot(.local(child))), .constant(own, element(.local(below))),
          .when(
            follows((.local(below), .local(own)), (.local(item), .local(key))),
            then: [
              .store(target, slotIndex(.local(hole)), .local(below)),
              .assign(hole, .local(child)), .assign(child, down(child)),
            ], otherwise: [.assign(child, .local(size))]),
        ]),
      put,
    ]
  }
}
