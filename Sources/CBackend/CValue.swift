internal import LoopIR

/// A C expression: its text, what holds it together, and the type that C gives it.
struct CValue {
  typealias Precedence = ScalarFunction.Precedence

  let text: CText
  let precedence: Precedence
  /// The outermost operator, if it is an infix one.
  let symbol: String?
  /// The type in C; `bool` also stands for the `int` that comparisons give.
  let type: ElementType

  private init(_ text: CText, _ precedence: Precedence, _ symbol: String?, _ type: ElementType) {
    self.text = text
    self.precedence = precedence
    self.symbol = symbol
    self.type = type
  }

  /// A name, a call or an element of an array.
  init(primary text: CText, _ type: ElementType) { self.init(text, .primary, nil, type) }

  /// A constant.
  init(_ literal: Literal) {
    let text = literal.cText
    let isSmall = literal.type.size == 8 && literal.type.isInteger && !text.contains("_")
    self.init(
      .word(text), text.hasPrefix("-") ? .prefix : .primary, nil,
      isSmall ? (literal.type.isSigned ? .i32 : .u32) : literal.type.computed)
  }

  /// The prefix operator `symbol` applied to `operand`.
  init(prefix symbol: String, _ operand: CValue, _ type: ElementType) {
    let text = operand.bound(.prefix)
    // Two signs in a row would be another operator.
    let inner = operand.text.flat.hasPrefix(symbol) ? operand.text.inParentheses : text
    self.init(.row([.word(symbol), inner]), .prefix, nil, type)
  }

  /// Two operands with `symbol` between them.
  init(
    _ left: CValue, _ symbol: String, _ precedence: Precedence, _ right: CValue,
    _ type: ElementType
  ) {
    let joins = left.precedence == precedence && !left.needsParentheses(left: symbol, precedence)
    var parts = [left.operand(left: symbol, precedence)]
    if joins, case .chain(let own) = left.text { parts = own }
    parts.append(.row([parts.removeLast(), .word(" " + symbol)]))
    parts.append(right.operand(right: symbol, precedence))
    self.init(.chain(parts), precedence, symbol, type)
  }

  /// The value of `then` or `otherwise`.
  init(_ condition: CValue, _ then: CValue, _ otherwise: CValue, _ type: ElementType) {
    let parts: [CText] = [
      condition.bound(.or), .row([.word("? "), then.bound(.or)]),
      .row([.word(": "), otherwise.text]),
    ]
    self.init(.chain(parts), .conditional, "?", type)
  }

  /// The value converted to `type` by an explicit cast.
  func cast(to type: ElementType) -> CValue {
    CValue(.row([.word("(\(type.cScalar))"), bound(.prefix)]), .prefix, nil, type)
  }

  /// The value as one of `type`; the text stays where C converts silently and exactly.
  func converted(to type: ElementType) -> CValue {
    let target = type.computed
    let widens =
      self.type.isInteger && target.isInteger && self.type.isSigned == target.isSigned
      && self.type.size <= target.size
    return self.type == target || widens ? self : cast(to: target)
  }
}

extension CValue {
  /// The text, in parentheses unless it binds at least as tightly as `bound`.
  func bound(_ bound: Precedence) -> CText {
    precedence < bound ? text.inParentheses : text
  }

  private func operand(left symbol: String, _ precedence: Precedence) -> CText {
    needsParentheses(left: symbol, precedence) ? text.inParentheses : text.asPart
  }

  private func operand(right symbol: String, _ precedence: Precedence) -> CText {
    let joins = self.symbol == symbol && (symbol == "&&" || symbol == "||")
    let tight = self.precedence > precedence && !isConfusing(under: symbol, precedence)
    return joins || tight ? text.asPart : text.inParentheses
  }

  private func needsParentheses(left symbol: String, _ precedence: Precedence) -> Bool {
    if self.precedence == precedence {
      // a == b == c is legal C, but does not mean what it says.
      return precedence == .equality || precedence == .comparison
        || (precedence == .shift || precedence.isBits) && self.symbol != symbol
    }
    return self.precedence < precedence || isConfusing(under: symbol, precedence)
  }

  // Where C's precedence would do, but readers may not know it and compilers warn.
  private func isConfusing(under symbol: String, _ precedence: Precedence) -> Bool {
    guard self.symbol != nil else { return false }
    return precedence.isBits || precedence == .shift
      || (precedence == .or && symbol == "||"
        && self.symbol == "&&")
      || (precedence == .equality && self.precedence == .comparison)
  }
}

extension ScalarFunction.Precedence {
  fileprivate var isBits: Bool { self == .bitAnd || self == .bitOr || self == .bitXor }
}
