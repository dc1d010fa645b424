internal import Support

extension LoopParser {
  /// Takes an expression.
  mutating func expression() throws(ParseError) -> Expression { try infix(.or) }

  // Operators that bind at least as tightly as `lowest`; all are left-associative.
  private mutating func infix(_ lowest: ScalarFunction.Precedence) throws(ParseError) -> Expression
  {
    var result = try prefix()
    while let (function, precedence) = infixOperator(lowest) {
      let tighter = ScalarFunction.Precedence(rawValue: precedence.rawValue + 1) ?? .primary
      result = .apply(function, [result, try infix(tighter)])
    }
    return result
  }

  private mutating func infixOperator(
    _ lowest: ScalarFunction.Precedence
  ) -> (ScalarFunction, ScalarFunction.Precedence)? {
    // Takes the longest symbol: `<<` before `<`.
    var found: (function: ScalarFunction, precedence: ScalarFunction.Precedence, length: Int)?
    for function in ScalarFunction.allCases {
      guard case .infix(let symbol, let precedence) = function.spelling else { continue }
      var ahead = scanner
      if symbol.count > found?.length ?? 0, ahead.accept(symbol) {
        found = (function, precedence, symbol.count)
      }
    }
    guard let (function, precedence, _) = found, precedence >= lowest,
      case .infix(let symbol, _) = function.spelling, scanner.accept(symbol)
    else { return nil }
    return (function, precedence)
  }

  // A number, which may be negative, or a primary after any of `-`, `~` and `!`.
  private mutating func prefix() throws(ParseError) -> Expression {
    if scanner.accept("!") { return .apply(.not, [try prefix()]) }
    if scanner.accept("~") { return .apply(.bitNot, [try prefix()]) }
    var ahead = scanner
    if let text = try? ahead.number() {
      scanner = ahead
      return try literal(text)
    }
    if scanner.accept("-") { return .apply(.negate, [try prefix()]) }
    return try primary()
  }

  // A number with its type: `0.5f32`.
  private func literal(_ text: String) throws(ParseError) -> Expression {
    for type in ElementType.allCases where text.hasSuffix(type.rawValue) {
      let digits = String(text.dropLast(type.rawValue.count))
      if let literal = Literal(reading: digits, type) { return .literal(literal) }
    }
    throw scanner.error("'\(text)' is not a number with a type")
  }

  // A number, a name, an element, a call, a condition on a position, or an expression in
  // parentheses.
  private mutating func primary() throws(ParseError) -> Expression {
    if scanner.accept("(") {
      let inner = try expression()
      try scanner.expect(")")
      return inner
    }
    if scanner.accept("[") { return try within() }
    if scanner.accept(word: "true") { return .literal(Literal(Int64(1), .bool)) }
    if scanner.accept(word: "false") { return .literal(Literal(Int64(0), .bool)) }
    var ahead = scanner
    if let word = try? ahead.word(), let type = ElementType(rawValue: word) {
      scanner = ahead
      return try converted(to: type)
    }
    let name = try reference()
    ahead = scanner
    if ahead.accept("[") { return .load(try buffer(name), try indices()) }
    if let monoid = Monoid(rawValue: name), scanner.accept("{") { return try reduction(monoid) }
    if let function = ScalarFunction(rawValue: name), scanner.accept("(") {
      var operands = [try expression()]
      while scanner.accept(",") { operands.append(try expression()) }
      try scanner.expect(")")
      return .apply(function, operands)
    }
    return .local(try local(name))
  }

  private mutating func converted(to type: ElementType) throws(ParseError) -> Expression {
    if scanner.accept("[") {
      let index = try index()
      try scanner.expect("]")
      return .index(index, type)
    }
    try scanner.expect("(")
    var ahead = scanner
    if let text = try? ahead.number(), let literal = Literal(reading: text, type),
      ahead.accept(")")
    {
      scanner = ahead
      return .literal(literal)
    }
    let operand = try expression()
    try scanner.expect(")")
    return .cast(operand, type)
  }

  private mutating func within() throws(ParseError) -> Expression {
    let index = try index()
    try scanner.expect("]")
    try scanner.expect(word: "in")
    let low = try scanner.integer()
    try scanner.expect("..<")
    let high = try scanner.integer("a bound", in: low...Int.max)
    return .within(index, low..<high)
  }

  private mutating func reduction(_ monoid: Monoid) throws(ParseError) -> Expression {
    var own: [Variable] = []
    repeat { own.append(try variableDeclaration()) } while scanner.accept(",")
    try scanner.expect("}")
    return .reduce(monoid, own, try infix(.product))
  }
}

extension LoopParser {
  /// Takes indices in brackets.
  mutating func indices() throws(ParseError) -> [Index] {
    try list("[", "]") { (parser) throws(ParseError) in try parser.index() }
  }

  /// Takes an index.
  mutating func index() throws(ParseError) -> Index {
    var result = scanner.accept("-") ? try indexProduct() * -1 : try indexProduct()
    while true {
      if scanner.accept("+") {
        result = result + (try indexProduct())
      } else if scanner.accept("-") {
        result = result - (try indexProduct())
      } else {
        return result
      }
    }
  }

  // As in `2 * y`.
  private mutating func indexProduct() throws(ParseError) -> Index {
    var result = try indexAtom()
    while true {
      if scanner.accept("*") {
        let factor = try indexAtom()
        guard let constant = result.asConstant else {
          throw scanner.error("a factor in an index is a number in front")
        }
        result = factor * constant
      } else if scanner.accept("/") {
        result = result.divided(by: try scanner.integer(in: 1...Int.max)).quotient
      } else if scanner.accept("%") {
        result = result.divided(by: try scanner.integer(in: 1...Int.max)).remainder
      } else {
        return result
      }
    }
  }

  // A variable, a number, a quotient or remainder in parentheses, or a value of run time.
  private mutating func indexAtom() throws(ParseError) -> Index {
    if scanner.accept("(") {
      let inner = try index()
      try scanner.expect(")")
      return inner
    }
    if scanner.accept("{") {
      let value = try expression()
      try scanner.expect(word: "in")
      let low = try scanner.integer()
      try scanner.expect("...")
      let high = try scanner.integer("a bound", in: low...Int.max)
      try scanner.expect("}")
      return Index(value, in: low...high)
    }
    var ahead = scanner
    if let number = try? ahead.integer() {
      scanner = ahead
      return Index(number)
    }
    let name = try reference()
    guard let variable = variables[name] else {
      throw scanner.error("no variable is called '\(name)'")
    }
    return Index(variable)
  }
}

extension Literal {
  /// The value that `text` describes, if it is one of `type`.
  init?(reading text: String, _ type: ElementType) {
    switch type {
    case .f64, .f32, .f16, .bf16:
      guard let value = Double(text) else { return nil }
      self.init(value, type)
    case .u64:
      guard let value = UInt64(text) else { return nil }
      self.init(Int64(bitPattern: value), type)
    case .i8, .u8, .i16, .i32, .i64, .u32:
      guard let value = Int64(text) else { return nil }
      self.init(value, type)
    case .bool: return nil
    }
  }
}
