internal import LoopIR
internal import Support

/// Writes the statements of a kernel.
struct CBlock {
  var naming: CNaming
  let isInParallel: Bool

  init(_ naming: CNaming, isInParallel: Bool = false) {
    self.naming = naming
    self.isInParallel = isInParallel
  }

  /// Writes `body` in a scope of its own.
  static func write(
    _ body: [Statement], _ naming: CNaming, isInParallel: Bool = false,
    to writer: inout IndentedWriter
  ) {
    var block = CBlock(naming, isInParallel: isInParallel)
    for statement in body.simplified { block.write(statement, to: &writer) }
  }

  // Writes one statement; the declarations of a block end with it.
  private mutating func write(_ statement: Statement, to writer: inout IndentedWriter) {
    switch statement {
    case .loop(let loop): write(loop, to: &writer)
    case .whileLoop(let condition, let body):
      write("while ", condition, body, to: &writer)
    case .constant(let local, let value): declare(local, "const ", value, to: &writer)
    case .variable(let local, let value): declare(local, "", value, to: &writer)
    case .assign, .store, .transform, .fetch: if let text = text(statement) { writer.write(text) }
    case .array(let buffer, let fill): write(buffer, fill: fill, to: &writer)
    case .when(let condition, let then, let otherwise):
      write(condition, then, otherwise, to: &writer)
    case .tile(let tile): write(tile, to: &writer)
    }
  }

  private mutating func declare(
    _ local: Local, _ prefix: String, _ value: Expression, to writer: inout IndentedWriter
  ) {
    let value = naming.value(value).converted(to: local.type)
    let name = naming.declare(local)
    writer.write(.assignment(.word("\(prefix)\(local.type.cScalar) \(name)"), "=", value.text))
  }
}

extension CBlock {
  // The loop, preceded by the pragma that shares it between threads.
  private func write(_ loop: Loop, to writer: inout IndentedWriter) {
    let simd = loop.isSimd ? " simd" : ""
    if loop.kind == .parallel && !isInParallel {
      let depth = loop.parallelDepth
      let collapse = depth > 1 ? " collapse(\(depth))" : ""
      writer.unindented("#pragma omp parallel for" + simd + collapse)
    } else if !simd.isEmpty {
      writer.unindented("#pragma omp" + simd)
    }
    if loop.isRolled { writer.line("RT_ROLLED") }
    var inner = CBlock(naming, isInParallel: isInParallel || loop.kind == .parallel)
    let (first, end) = (naming.value(loop.first).text.flat, naming.value(loop.end).text.flat)
    let name = inner.naming.declare(loop.variable)
    let head = loop.head(name, from: first, to: end)
    inner.write(.word(head), body: loop.body, to: &writer)
  }

  private func write(
    _ word: String, _ condition: Expression, _ body: [Statement], to writer: inout IndentedWriter
  ) {
    let head = CText.row([
      .word(word), naming.value(condition).text.inParentheses,
    ])
    write(head, body: body, to: &writer)
  }

  // A single simple statement goes on the line of the loop's head, a single loop on the next line;
  // anything else is in braces.
  func write(_ head: CText, body: [Statement], to writer: inout IndentedWriter) {
    let body = body.simplified
    if body.count == 1, head.width + writer.indentation <= lineLimit {
      if let statement = text(body[0]) {
        let line = CText.row([head, .word(" "), statement])
        if writer.indentation + line.width <= lineLimit { return writer.write(line) }
        if writer.indentation + 2 + statement.width <= lineLimit {
          writer.write(head)
          return writer.indented { $0.write(statement) }
        }
      }
      if body[0].needsNoBraces(isInParallel: isInParallel) {
        writer.write(head)
        return writer.indented { CBlock.write(body, naming, isInParallel: isInParallel, to: &$0) }
      }
    }
    writer.write(.row([head, .word(" {")]))
    writer.indented { CBlock.write(body, naming, isInParallel: isInParallel, to: &$0) }
    writer.line("}")
  }

  private func write(
    _ condition: Expression, _ then: [Statement], _ otherwise: [Statement],
    to writer: inout IndentedWriter
  ) {
    if otherwise.isEmpty { return write("if ", condition, then, to: &writer) }
    var head = CText.row([.word("if "), naming.value(condition).text.inParentheses, .word(" {")])
    var (body, rest) = (then, otherwise.simplified)
    while true {
      writer.write(head)
      writer.indented { CBlock.write(body, naming, isInParallel: isInParallel, to: &$0) }
      guard rest.count == 1, case .when(let next, let then, let otherwise) = rest[0] else { break }
      head = .row([.word("} else if "), naming.value(next).text.inParentheses, .word(" {")])
      (body, rest) = (then, otherwise.simplified)
    }
    if !rest.isEmpty {
      writer.line("} else {")
      writer.indented { CBlock.write(rest, naming, isInParallel: isInParallel, to: &$0) }
    }
    writer.line("}")
  }
}

extension CBlock {
  // An assignment, or nil for any other statement.
  private func text(_ statement: Statement) -> CText? {
    switch statement {
    case .assign(let local, let value):
      let target = CValue(primary: .word(naming[local]), local.type.computed)
      return assignment(target, .local(local), value, local.type.computed)
    case .store(let buffer, let indices, let value):
      let target = naming.element(buffer, indices)
      return assignment(target, .load(buffer, indices), value, buffer.type)
    case .fetch(let buffer, let indices, let count):
      let bytes = count * buffer.type.size
      let place = naming.element(buffer, indices).text
      return .row([.word("rt_fetch(&"), place, .word(", \(bytes));")])
    case .transform(let transform): return call(transform)
    case .loop, .whileLoop, .constant, .variable, .array, .when, .tile: return nil
    }
  }

  // The call of a function of `Runtime/math/winograd.h`.
  private func call(_ transform: Transform) -> CText {
    func argument(_ name: String, _ matrices: LaneMatrices) -> CText {
      let element = matrices.element
      let first = matrices.at(0, 0).indices.map { index in
        index.substituting { $0 == transform.lane ? Index(0) : nil }
      }
      let strides = [matrices.row, matrices.column].map { element.stride(of: $0) ?? 0 }
      return .list(
        "\(name)(", [address(element.buffer, first)] + strides.map { .word("\($0)") }, ")")
    }
    let arguments: [CText] = [
      argument("RT_TO", transform.target), argument("RT_FROM", transform.source),
      .word("\(transform.lane.extent)"),
    ]
    return .row([.list("rt_winograd_\(transform.matrix)(", arguments, ")"), .word(";")])
  }

  /// The address of an element.
  func address(_ buffer: Buffer, _ indices: [Index]) -> CText {
    .row([.word("&"), naming.element(buffer, indices).text])
  }

  private func assignment(
    _ target: CValue, _ own: Expression, _ value: Expression, _ type: ElementType
  ) -> CText {
    if let (symbol, change) = value.change(of: own, type) {
      let text = naming.value(change).converted(to: type).text
      return .assignment(target.text, symbol + "=", text)
    }
    return .assignment(target.text, "=", naming.stored(value, as: type).text)
  }

  private mutating func write(
    _ buffer: Buffer, fill: Literal?, to writer: inout IndentedWriter
  ) {
    if buffer.shape.isEmpty {
      let name = naming.declareOwn(buffer) { .value($0) }
      let value = fill.map { " = \($0.cText)" } ?? ""
      return writer.line("\(buffer.type.cScalar) \(name)\(value);")
    }
    let name = naming.declareOwn(buffer) { .elements($0) }
    let extents = buffer.shape.map { "[\($0)]" }.joined()
    let isZero = fill?.isExactly(0) ?? false
    writer.line("\(buffer.type.cStorage) \(name)\(extents)\(isZero ? " = {0}" : "");")
    guard let fill, !isZero else { return }
    let variables = buffer.shape.enumerated().map { (axis, extent) in
      Variable(
        id: -1 - axis, name: String("ijklmnopq".dropFirst(axis).first ?? "i"), extent: extent)
    }
    var statement = Statement.store(buffer, variables.map { Index($0) }, .literal(fill))
    for variable in variables.reversed() { statement = .loop(Loop(variable, [statement])) }
    CBlock.write([statement], naming, isInParallel: isInParallel, to: &writer)
  }
}

extension CText {
  /// `target symbol value;`, with the value on a line of its own where that saves breaking it.
  static func assignment(_ target: CText, _ symbol: String, _ value: CText) -> CText {
    .hanging(.row([target, .word(" \(symbol)")]), .row([value, .word(";")]))
  }
}

extension IndentedWriter {
  /// Writes `text` with a remark after it, or before it where there is no room.
  mutating func write(_ text: CText, remark: String) {
    if remark.isEmpty { return write(text) }
    var lines = text.lines(at: indentation)
    if indentation * (lines.count == 1 ? 1 : 0) + lines[lines.count - 1].count + remark.count + 5
      <= lineLimit
    {
      lines[lines.count - 1] += "  // \(remark)"
    } else {
      self.line("// \(remark)")
    }
    for (n, line) in lines.enumerated() {
      self.line(n == 0 ? line : String(line.dropFirst(indentation)))
    }
  }

  /// Writes `text`, broken where it must be.
  mutating func write(_ text: CText) {
    for (n, line) in text.lines(at: indentation).enumerated() {
      self.line(n == 0 ? line : String(line.dropFirst(indentation)))
    }
  }
}

extension Statement {
  // True iff the statement may be the body of a loop as it is.
  fileprivate func needsNoBraces(isInParallel: Bool) -> Bool {
    switch self {
    case .loop(let loop): !loop.isRolled && (isInParallel || loop.kind == .serial)
    case .tile(let tile): isInParallel || tile.kind == .serial
    case .whileLoop: true
    case .when(_, let then, let otherwise):
      otherwise.isEmpty && then.simplified.count == 1 && then.simplified[0].isAssignment
    case .constant, .variable, .assign, .array, .store, .transform, .fetch: false
    }
  }

  fileprivate var isAssignment: Bool {
    switch self {
    case .assign, .store: true
    case .loop, .whileLoop, .constant, .variable, .array, .fetch, .when, .tile, .transform: false
    }
  }
}

extension [Statement] {
  // Without loops of one iteration, whose variable is 0 in every index, and of none.
  fileprivate var simplified: [Statement] {
    flatMap { (statement) -> [Statement] in
      guard case .loop(let loop) = statement else { return [statement] }
      if let first = loop.first.asConstant, let end = loop.end.asConstant, end <= first {
        return []
      }
      guard loop.variable.extent == 1, loop.isWhole else { return [statement] }
      return loop.body.simplified
    }
  }
}

extension Loop {
  /// `for (int i = 0; i < 8; i++)`, where `i` is the name of the variable.
  func head(_ name: String, from first: String = "0", to end: String? = nil) -> String {
    let type = variable.extent + step < Int(Int32.max) ? "int" : "int64_t"
    let next = step == 1 ? "\(name)++" : "\(name) += \(step)"
    let end = end ?? "\(variable.extent)"
    return "for (\(type) \(name) = \(first); \(name) < \(end); \(next))"
  }

  // The number of parallel loops that directly hold each other, from this one on.
  fileprivate var parallelDepth: Int {
    let inner = body.simplified
    guard inner.count == 1 else { return 1 }
    switch inner[0] {
    case .loop(let loop) where loop.kind == .parallel: return 1 + loop.parallelDepth
    case .tile(let tile) where tile.kind == .parallel: return 1 + TileWalk(tile).outer.count
    default: return 1
    }
  }
}

extension Expression {
  // What `self` does to `own`, if it is that and one more operand: `x + e` gives `+` and `e`.
  fileprivate func change(of own: Expression, _ type: ElementType)
    -> (symbol: String, operand: Expression)?
  {
    guard case .apply(let function, let operands) = self, operands.count == 2,
      case .infix(let symbol, let precedence) = function.spelling,
      precedence > .comparison || type.isInteger, !type.isNarrow, !type.isHalf,
      self.type == own.type, own.type != .bool, function.safeCall(operands) == nil
    else { return nil }
    if operands[0] == own {
      return function.withoutSign(operands[1]) ?? (symbol, operands[1])
    }
    return function.isCommutative && operands[1] == own ? (symbol, operands[0]) : nil
  }
}
