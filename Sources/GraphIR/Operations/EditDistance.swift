internal import LoopIR
package import Support

/// The fewest insertions, deletions and substitutions that turn one line of tokens into another.
/// The operands are lines `[..., t]` and `[..., u]`, and their lengths `[...]`, which are clamped
/// to 0...t and to 0...u.
///
///     %4 = editDistance %0, %1, %2, %3 : i32[32], i32[32, 41]
///
/// The second result is workspace: one row of the table of distances between all beginnings of both
/// lines.
package struct EditDistance: Operation {
  package init() {}

  package static let word = "editDistance"
  package var attributes: String { "" }

  package init(from text: inout OperationText) throws(ParseError) {}

  package var operandCount: ClosedRange<Int> { 4...4 }
  package var role: FusionRole { .opaque }
  package var resultWords: [String] { ["distance", "row"] }

  /// Tokens are integers of one type, with equal leading axes; lengths are integers of any type
  /// with these axes. Both results are `i32`: `[...]` and `[..., u + 1]`.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let (a, b) = (operands[0], operands[1])
    try EditDistance.check(a, b)
    let lines = Array(a.dims.dropLast())
    for lengths in operands[2...] {
      guard lengths.element.isInteger else { throw .needsInteger(mnemonic, "lengths", lengths) }
      guard lengths.dims == lines else { throw .lengths(mnemonic, a, lengths) }
    }
    return [TensorType(.i32, lines), TensorType(.i32, lines + [b.dims[b.rank - 1] + 1])]
  }

  /// Checks that both are tokens of one type, in as many lines.
  static func check(_ a: TensorType, _ b: TensorType) throws(TypeError) {
    for tokens in [a, b] {
      guard tokens.element.isInteger else { throw .needsInteger(word, "tokens", tokens) }
      guard tokens.rank >= 1 else { throw .needsRank(word, "at least 1", "an operand", tokens) }
    }
    guard a.element == b.element else { throw .elementTypesDiffer(word, a, b) }
    guard a.dims.dropLast() == b.dims.dropLast() else { throw .linesDiffer(word, a, b) }
  }

  /// None: distances are whole numbers.
  package func gradient(_ context: GradientContext) -> [Tensor?] { [nil, nil, nil, nil] }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .loops { context in
      let lines = results[0].dims
      let variables = lines.enumerated().map { axis, extent in
        context.variable(lines.count == 1 ? "n" : "n\(axis)", extent)
      }
      let extents = operands[..<2].map { $0.dims[$0.rank - 1] }
      let table = Table(variables.map { Index($0) }, extents, context)
      table.explain()
      return LoopContext.nest(variables, table.statements())
    }
  }
}

/// The loops for one line. The table has a row for each beginning of the first line and a column
/// for each of the second; only one row is kept, which each token of the first turns into the next.
private struct Table {
  private let line: [Index]
  private let extents: [Int]
  private let context: LoopContext

  init(_ line: [Index], _ extents: [Int], _ context: LoopContext) {
    self.line = line
    self.extents = extents
    self.context = context
  }

  func explain() {
    let all = line + [Index(context.variable(":", 2))]
    func part(_ operand: Int) -> String {
      "first \(context.text(operand: operand + 2, line)) of "
        + context.text(operand: operand, all)
    }
    context.explain(
      "\(context.text(result: 0, line)) = fewest edits from the \(part(0)) to the \(part(1))")
  }

  func statements() -> [Statement] {
    let (rows, nameRows) = count("rows", 0)
    let (columns, nameColumns) = count("columns", 1)
    return nameRows + nameColumns + [
      // Nothing becomes a line by an insertion for each of its tokens.
      context.loop("j", extents[1] + 1) { j in [store(.index(j, .i32), at: j)] },
      context.loop("i", extents[0], to: rows) { next($0, to: columns) },
      .store(context.results[0], line, cell(columns)),
    ]
  }

  // The number of tokens of one of the lines, and what gives it a name if it is not known yet.
  private func count(_ name: String, _ operand: Int) -> (Index, [Statement]) {
    let (length, extent) = (context.operands(operand + 2, line), extents[operand])
    if case .literal(let given) = length {
      return (Index(Int(Swift.min(Swift.max(given.double, 0), Double(extent)))), [])
    }
    let inside = Gather.clamped(length, extent: extent + 1)
    let local = context.local(name, .i32)
    let value = inside.type == .i32 ? inside : .cast(inside, .i32)
    return (Index(.local(local), in: 0...extent), [.constant(local, value)])
  }

  private func cell(_ j: Index) -> Expression { .load(context.results[1], line + [j]) }

  private func store(_ value: Expression, at j: Index) -> Statement {
    .store(context.results[1], line + [j], value)
  }

  // Turns the row before token `i` of the first line into the one behind it, from left to right.
  private func next(_ i: Index, to columns: Index) -> [Statement] {
    let token = context.operands(0, line + [i])
    let (left, corner) = (context.local("left", .i32), context.local("corner", .i32))
    let (own, above) = (context.local("token", token.type), context.local("above", .i32))
    return [
      .constant(own, token),
      .variable(corner, .index(i, .i32)), .variable(left, .index(i + 1, .i32)),
      store(.local(left), at: Index(0)),
      context.loop("j", extents[1], to: columns) { j in
        let isOther = context.operands(1, line + [j]).differs(from: .local(own))
        let changed = Expression.local(corner) + .cast(isOther, .i32)
        let moved = Expression.local(left).or(atMost: .local(above)) + 1
        return [
          .constant(above, cell(j + 1)), .assign(left, moved.or(atMost: changed)),
          .assign(corner, .local(above)), store(.local(left), at: j + 1),
        ]
      },
    ]
  }
}

extension EditDistance {
  /// The results for given operands, by the whole table.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let types = resultTypes(for: operands)
    let extents = operands[..<2].map { $0.dims[$0.dims.count - 1] }
    var distances = Numbers.filled(types[0], 0)
    for line in Numbers.positions(types[0].dims) {
      let lengths = (0..<2).map { operands[$0 + 2].pick(line, extent: extents[$0] + 1) }
      var table = (0...lengths[0]).map { i in (0...lengths[1]).map { j in i + j } }
      for i in 0..<lengths[0] {
        for j in 0..<lengths[1] {
          let isOther = operands[0][line + [i]] != operands[1][line + [j]]
          let moved = Swift.min(table[i][j + 1], table[i + 1][j]) + 1
          table[i + 1][j + 1] = Swift.min(moved, table[i][j] + (isOther ? 1 : 0))
        }
      }
      let isSure = (0..<2).allSatisfy { n in
        operands[n + 2].isSure(line)
          && (0..<extents[n]).allSatisfy { operands[n].isSure(line + [$0]) }
      }
      // No distance is larger than the longer of both lines.
      let reach = Double(Swift.max(extents[0], extents[1]))
      distances.set(line, Double(table[lengths[0]][lengths[1]]), bound: isSure ? 0 : reach)
    }
    // The memory has no meaningful value.
    return [distances, Numbers.filled(types[1], 0).unbounded]
  }
}

extension Tensor {
  /// The fewest insertions, deletions and substitutions that turn each row of integers, `[..., t]`,
  /// into the corresponding row of `targets`, `[..., u]`: an `i32` for each row.
  ///
  /// Lengths, integers `[...]`, say how many elements of a row count, from none to all; all by
  /// default. No gradient flows through this.
  public func editDistance(
    to targets: Tensor, lengths: Tensor? = nil, targetLengths: Tensor? = nil
  ) -> Tensor {
    guard value != nil, targets.value != nil else { return builder.poison() }
    do throws(TypeError) {
      try EditDistance.check(type, targets.type)
    } catch {
      builder.fail(error, operands: [self, targets])
      return builder.poison()
    }
    func all(_ tokens: Tensor) -> Tensor {
      let rows = TensorType(.i32, Array(tokens.shape.dims.dropLast()))
      return tokens.builder.constant(Double(tokens.shape[-1]), rows)
    }
    let operands = [self, targets, lengths ?? all(self), targetLengths ?? all(targets)]
    return builder.apply(EditDistance(), operands, results: 2)[0]
  }
}
