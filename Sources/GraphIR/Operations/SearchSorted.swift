internal import LoopIR
package import Support

/// How many elements of a sorted row come before each value: the position at which it could be
/// inserted. The first operand holds rows that ascend along their last axis, the second holds
/// values; each value is looked up in the row with the same leading positions, or in the only row.
/// `left` counts smaller elements, `right` also equal ones; NaN comes last.
///
///     %2 = searchSorted %0, %1 {left} : i32[32, 7]
package struct SearchSorted: Operation {
  /// The position of a value among equal elements: before or after them.
  package enum Side: String, Hashable, Sendable { case left, right }

  package let side: Side

  package init(_ side: Side) { self.side = side }

  package static let word = "searchSorted"
  package var attributes: String { side.rawValue }

  package init(from text: inout OperationText) throws(ParseError) {
    side = try text.attributes.choice("'left' or 'right'")
  }

  package var operandCount: ClosedRange<Int> { 2...2 }
  package var role: FusionRole { .opaque }
  package var verb: String { "search" }

  /// Two operands of one element type, not `bool`: one row, or rows with the leading axes of the
  /// values. The result is `i32` in the shape of the values.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let (sorted, values) = (operands[0], operands[1])
    guard sorted.element == values.element else {
      throw .elementTypesDiffer(mnemonic, sorted, values)
    }
    guard sorted.element != .bool else { throw .needsNumbers(mnemonic, sorted) }
    guard sorted.rank >= 1 else {
      throw .needsRank(mnemonic, "at least 1", "the sorted tensor", sorted)
    }
    guard
      sorted.rank == 1
        || sorted.rank == values.rank && sorted.dims.dropLast() == values.dims.dropLast()
    else { throw .sortedRows(mnemonic, sorted, values) }
    return [TensorType(.i32, values.shape)]
  }

  /// None: the result is positions.
  package func gradient(_ context: GradientContext) -> [Tensor?] { [nil, nil] }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .loops { context in
      let target = context.results[0]
      explain(operands, context)
      return context.forEach(target.shape) { index in
        search(for: index, in: operands[0], context)
      }
    }
  }

  private func explain(_ operands: [TensorType], _ context: LoopContext) {
    let index = context.variables(operands[1].dims).map { Index($0) }
    let rows = index.prefix(operands[0].rank - 1)
    let count = operands[0].dims[operands[0].rank - 1]
    let row = context.text(operand: 0, rows + [Index(context.variable("k", count))])
    let symbol = side == .left ? "<" : "<="
    context.explain(
      "\(context.text(result: 0, index)) = number of k with \(row) \(symbol) "
        + context.text(operand: 1, index))
  }

  // Halves the part of the row in which the answer lies until nothing is left of it.
  private func search(for index: [Index], in row: TensorType, _ context: LoopContext)
    -> [Statement]
  {
    let count = row.dims[row.rank - 1]
    let value = context.local("value", row.element)
    let (low, high) = (context.local("low", .i32), context.local("high", .i32))
    let middle = context.local("middle", .i32)
    let place = index.prefix(row.rank - 1) + [Index(.local(middle), in: 0...(count - 1))]
    let element = context.operands(0, Array(place))
    // NaN compares false with everything.
    let isBehind = Expression.apply(
      side == .left ? .greaterEqual : .greater, [element, .local(value)])
    let half = (Expression.local(low) + .local(high)) / .whole(2)
    return [
      .constant(value, context.operands(1, index)),
      .variable(low, .whole(0)), .variable(high, .whole(count)),
      .whileLoop(
        Expression.local(low).isBelow(.local(high)),
        [
          .constant(middle, half),
          .when(
            isBehind, then: [.assign(high, .local(middle))],
            otherwise: [.assign(low, .local(middle) + 1)]),
        ]),
      .store(context.results[0], index, .local(low)),
    ]
  }
}

extension SearchSorted {
  /// The result for given operands.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let (sorted, values) = (operands[0], operands[1])
    var result = Numbers.filled(TensorType(.i32, values.type.shape), 0)
    for position in Numbers.positions(values.dims) {
      let value = values[position]
      let reach = values.bounds[values.offset(position)]
      var (count, isSure) = (0, true)
      for i in 0..<sorted.dims[sorted.dims.count - 1] {
        let place = position.prefix(sorted.dims.count - 1) + [i]
        let element = sorted[Array(place)]
        if value.isNaN || (side == .left ? element < value : element <= value) { count += 1 }
        // A row with NaN is not sorted; the answer depends on the search.
        if element.isNaN { isSure = false }
        let off = reach + sorted.bounds[sorted.offset(Array(place))]
        if off > 0, (element - value).magnitude <= off { isSure = false }
      }
      result.set(position, Double(count), bound: isSure ? 0 : .infinity)
    }
    return [result]
  }
}
