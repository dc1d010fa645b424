internal import LoopIR
package import Support

/// The boxes that remain when, of any two that overlap too much, the one with the smaller score is
/// removed. The operands are boxes `[..., n, 4]` as x1, y1, x2, y2, their scores `[..., n]`, and
/// the order `[..., n]` in which they are visited. The results are the positions of those that
/// remain, in that order, filled up with -1, and their number.
///
/// The attributes are the largest allowed intersection over union, the score that a box must
/// exceed, and the largest number of boxes.
///
///     %3 = nonMaximumSuppression %0, %1, %2 {0.5, 0.05, 100} : i32[100], i32[]
package struct NonMaximumSuppression: Operation {
  package let overlap: Double
  package let score: Double
  package let limit: Int

  package init(overlap: Double, score: Double, limit: Int) {
    self.overlap = overlap
    self.score = score
    self.limit = limit
  }

  package static let word = "nonMaximumSuppression"
  package var attributes: String { "\(overlap), \(score), \(limit)" }

  package init(from text: inout OperationText) throws(ParseError) {
    overlap = try text.attributes.literal(.f64).double
    try text.attributes.expect(",")
    score = try text.attributes.literal(.f64).double
    try text.attributes.expect(",")
    limit = try text.attributes.integer("a number of boxes", in: 1...text.attribute.upperBound)
  }

  package var operandCount: ClosedRange<Int> { 3...3 }
  package var role: FusionRole { .opaque }
  package var verb: String { "suppress" }

  /// Boxes of floats `[..., n, 4]`, scores `[..., n]` of their element type, and integers of the
  /// shape of the scores. Both results are `i32`.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let (boxes, scores, order) = (operands[0], operands[1], operands[2])
    guard boxes.element.isFloat else { throw .needsFloat(mnemonic, boxes) }
    guard boxes.rank >= 2, boxes.dims[boxes.rank - 1] == 4 else { throw .boxes(mnemonic, boxes) }
    guard scores.element == boxes.element else {
      throw .elementTypesDiffer(mnemonic, boxes, scores)
    }
    guard scores.dims == boxes.dims.dropLast() else { throw .scores(mnemonic, boxes, scores) }
    guard order.element.isInteger else { throw .needsInteger(mnemonic, "positions", order) }
    guard order.shape == scores.shape else { throw .shapesDiffer(mnemonic, scores, order) }
    let rows = Array(scores.dims.dropLast())
    return [TensorType(.i32, rows + [limit]), TensorType(.i32, rows)]
  }

  /// None: the results are positions and their number.
  package func gradient(_ context: GradientContext) -> [Tensor?] { [nil, nil, nil] }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .loops { context in
      context.explain(
        "\(context.results[0].name) = positions of boxes in order, without those that share more "
          + "than \(overlap) with one before")
      return statements(operands[1].dims, context)
    }
  }
}

extension NonMaximumSuppression {
  private func statements(_ dims: [Int], _ context: LoopContext) -> [Statement] {
    let (picks, found) = (context.results[0], context.results[1])
    let rows = dims.dropLast().enumerated().map { context.variable("b\($0)", $1) }
    let row = rows.map { Index($0) }
    let count = context.local("count", .i32)
    let (slot, next) = (context.variable("k", limit), context.variable("i", dims[dims.count - 1]))
    let clear = Loop(slot, kind: .independent, [.store(picks, row + [Index(slot)], .whole(-1))])
    let body: [Statement] = [
      .loop(clear), .variable(count, .whole(0)),
      .loop(Loop(next, look(at: next, row, count, context))),
      .store(found, row, .local(count)),
    ]
    return LoopContext.nest(rows, body)
  }

  // Keeps the next box unless it overlaps too much with one that was kept.
  private func look(
    at next: Variable, _ row: [Index], _ count: Local, _ context: LoopContext
  ) -> [Statement] {
    let picks = context.results[0]
    let box = context.local("candidate", .i32)
    let place = Index(.local(box), in: 0...(next.extent - 1))
    let position = Gather.clamped(context.operands(2, row + [Index(next)]), extent: next.extent)
    let stays = context.local("stays", .bool)
    let slot = context.local("slot", .i32)
    let score = context.operands(1, row + [place])
    let isLookedAt = Expression.local(count).isBelow(.whole(limit))
      .and(score.isAbove(score.like(self.score)))
    let other = context.local("other", .i32)
    let kept = Expression.load(picks, row + [Index(.local(slot), in: 0...(limit - 1))])
    let compare = Expression.local(slot).isBelow(.local(count)).and(.local(stays))
    return [
      .constant(box, position.type == .i32 ? position : .cast(position, .i32)),
      .when(
        isLookedAt,
        then: [
          .variable(stays, .literal(Literal(Int64(1), .bool))), .variable(slot, .whole(0)),
          .whileLoop(
            compare,
            [.constant(other, kept)]
              + overlaps(
                place, Index(.local(other), in: 0...(next.extent - 1)), row, stays, context)
              + [.assign(slot, .local(slot) + 1)]),
          .when(
            .local(stays),
            then: [
              .store(picks, row + [Index(.local(count), in: 0...(limit - 1))], .local(box)),
              .assign(count, .local(count) + 1),
            ], otherwise: []),
        ], otherwise: []),
    ]
  }

  // True iff two boxes overlap little enough, as torchvision measures it.
  private func overlaps(
    _ a: Index, _ b: Index, _ row: [Index], _ stays: Local, _ context: LoopContext
  ) -> [Statement] {
    func side(_ box: Index, _ number: Int) -> Expression {
      context.operands(0, row + [box, Index(number)])
    }
    func extent(_ axis: Int) -> Expression {
      let low = side(a, axis).or(atLeast: side(b, axis))
      let gap = side(a, axis + 2).or(atMost: side(b, axis + 2)) - low
      return gap.or(atLeast: gap.like(0))
    }
    func area(_ box: Index) -> Expression {
      (side(box, 2) - side(box, 0)) * (side(box, 3) - side(box, 1))
    }
    let type = extent(0).type
    let (width, height) = (context.local("width", type), context.local("height", type))
    let (shared, union) = (context.local("shared", type), context.local("joined", type))
    let limit = Expression.literal(Literal(overlap, type))
    return [
      .constant(width, extent(0)), .constant(height, extent(1)),
      .constant(shared, .local(width) * .local(height)),
      .constant(union, area(a) + area(b) - .local(shared)),
      .assign(stays, (Expression.local(shared) / .local(union)).isAbove(limit).inverted),
    ]
  }
}

extension NonMaximumSuppression {
  /// The results for given operands.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let (boxes, scores, order) = (operands[0], operands[1], operands[2])
    let count = scores.dims[scores.dims.count - 1]
    let rows = Array(scores.dims.dropLast())
    let isSure = operands.allSatisfy { $0.bounds.allSatisfy { $0 == 0 } }
    let bound = isSure ? 0 : Double.infinity
    var picks = Numbers.filled(TensorType(.i32, rows + [limit]), -1)
    var found = Numbers.filled(TensorType(.i32, rows), 0)
    for row in Numbers.positions(rows) {
      var kept: [Int] = []
      for i in 0..<count where kept.count < limit {
        let box = order.pick(row + [i], extent: count)
        func sides(_ n: Int) -> [Double] { (0..<4).map { boxes[row + [n, $0]] } }
        guard scores[row + [box]] > boxes.type.element.stored(score) else { continue }
        if kept.allSatisfy({ !(shared(sides($0), sides(box)) > overlap) }) { kept.append(box) }
      }
      for i in 0..<limit {
        picks.set(row + [i], i < kept.count ? Double(kept[i]) : -1, bound: bound)
      }
      found.set(row, Double(kept.count), bound: bound)
    }
    return [picks, found]
  }

  // The intersection over union of two boxes.
  private func shared(_ a: [Double], _ b: [Double]) -> Double {
    let sides = (0..<2).map {
      Swift.max(0, Swift.min(a[$0 + 2], b[$0 + 2]) - Swift.max(a[$0], b[$0]))
    }
    let areas = [a, b].map { ($0[2] - $0[0]) * ($0[3] - $0[1]) }
    let common = sides[0] * sides[1]
    return common / (areas[0] + areas[1] - common)
  }
}
