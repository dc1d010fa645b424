package import LoopIR

extension CNaming {
  /// The C expression for a value.
  ///
  /// Its C type is that of the value, computed: `float` for f16. Narrow integers are cast back
  /// after each operation, because C computes them as `int`.
  func value(_ expression: Expression) -> CValue {
    switch expression {
    case .literal(let literal): return CValue(literal)
    case .local(let local): return CValue(primary: .word(self[local]), local.type.computed)
    case .load(let buffer, let indices): return load(buffer, indices)
    case .apply(let function, let operands): return apply(function, operands)
    case .cast(let operand, let type): return cast(operand, to: type)
    case .index(let index, let type):
      let position = value(index)
      return position.type == type ? position : position.cast(to: type)
    case .within(let index, let range): return value(index, within: range)
    case .reduce: preconditionFailure("a reduction is left in a kernel's body")
    }
  }

  /// One element of an array in memory, as C reads or writes it.
  func element(_ buffer: Buffer, _ indices: [Index]) -> CValue {
    let type: ElementType = buffer.type
    switch self[buffer] {
    case .value(let name): return CValue(primary: .word(name), type)
    case .pointer(let name):
      return CValue(prefix: "*", CValue(primary: .word(name), type), type)
    case .elements(let name):
      let subscripts = indices.flatMap { (index) -> [CText] in
        [.word("["), value(index).text, .word("]")]
      }
      return CValue(primary: .row([.word(name)] + subscripts), type)
    }
  }

  private func load(_ buffer: Buffer, _ indices: [Index]) -> CValue {
    let element = element(buffer, indices)
    if case .value = self[buffer] { return CValue(primary: element.text, buffer.type.computed) }
    guard buffer.type.isHalf else { return element }
    return call("rt_\(buffer.type)_to_f32", [element], .f32)
  }

  // The value converted as the IR says: C converts numbers alike, but for floats that leave the
  // range of an integer type, which the runtime saturates.
  private func cast(_ operand: Expression, to type: ElementType) -> CValue {
    let value = value(operand)
    let from = operand.type
    if from == type { return value }
    if from.isFloat, type.isInteger {
      return call("rt_\(from.computed)_to_\(type)", [value], type)
    }
    switch type {
    case .bool:
      let zero = CValue(Literal(Int64(0), from.computed))
      return CValue(value, "!=", .equality, zero, .bool)
    case .f16, .bf16: return rounded(value.converted(to: .f32), to: type)
    case .f32: return from.isHalf ? value : value.cast(to: .f32)
    case .i32: return from.isNarrow ? value.promoted : value.cast(to: .i32)
    case .f64, .i8, .u8, .i16, .i64, .u32, .u64: return value.cast(to: type)
    }
  }

  // The nearest value of a 16-bit type, still in a float.
  private func rounded(_ value: CValue, to type: ElementType) -> CValue {
    call("rt_\(type)_to_f32", [call("rt_f32_to_\(type)", [value], type)], .f32)
  }

  /// The value as it is written to an element of `type`.
  func stored(_ expression: Expression, as type: ElementType) -> CValue {
    guard type.isHalf else { return value(expression).converted(to: type) }
    // The store rounds, so an inner cast to the same type can go.
    if case .cast(let operand, type) = expression, !operand.type.isHalf {
      return call("rt_f32_to_\(type)", [value(operand).converted(to: .f32)], type)
    }
    if case .load(let buffer, let indices) = expression, buffer.type == type,
      case .elements = self[buffer]
    {
      return element(buffer, indices)
    }
    return call("rt_f32_to_\(type)", [value(expression)], type)
  }

  /// A call of a C function.
  func call(_ name: String, _ operands: [CValue], _ type: ElementType) -> CValue {
    CValue(primary: .list(name + "(", operands.map(\.text), ")"), type)
  }
}

extension CNaming {
  // A function applied to operands, as its row in `ScalarFunction+Rows.swift` spells it.
  private func apply(_ function: ScalarFunction, _ operands: [Expression]) -> CValue {
    let type = function.resultType(operands.map(\.type))
    if let name = function.safeCall(operands) { return call(function, name, operands, type) }
    switch function.spelling {
    case .infix(let symbol, let precedence):
      return infix(function, symbol, precedence, operands, type)
    case .prefix(let symbol):
      return narrowed(CValue(prefix: symbol, value(operands[0]), type.computed), to: type)
    case .call(let name): return call(function, name, operands, type)
    case .composition(let definition): return value(definition(operands))
    case .conditional:
      let (then, otherwise) = (value(operands[1]), value(operands[2]))
      let condition = value(operands[0])
      return narrowed(CValue(condition, then, otherwise, type.computed), to: type)
    }
  }

  // An operator between two operands, with casts where C would compute in another type.
  private func infix(
    _ function: ScalarFunction, _ symbol: String, _ precedence: ScalarFunction.Precedence,
    _ operands: [Expression], _ type: ElementType
  ) -> CValue {
    if let decided = function.decidedByType(operands) { return CValue(Literal(decided, .bool)) }
    if let (symbol, right) = function.withoutSign(operands[1]) {
      let value = CValue(
        value(operands[0]), symbol, precedence, value(right), type.computed)
      return narrowed(value, to: type)
    }
    var (left, right) = (value(operands[0]), value(operands[1]))
    let own = operands[0].type
    if own.size == 8 && own.isInteger && left.type != own && right.type != own {
      left = left.cast(to: own)
    }
    return narrowed(CValue(left, symbol, precedence, right, type.computed), to: type)
  }

  private func narrowed(_ value: CValue, to type: ElementType) -> CValue {
    type.isNarrow ? value.cast(to: type) : value
  }

  private func call(
    _ function: ScalarFunction, _ name: String, _ operands: [Expression], _ type: ElementType
  ) -> CValue {
    let values = operands.map { value($0) }
    let own = operands[0].type
    if function == .randomBits { return call("rt_\(name)", values, type) }
    if own.isFloat { return call("rt_\(name)\(own.callSuffix)", values, type.computed) }
    if function == .absolute && !own.isSigned { return values[0] }
    return narrowed(call("rt_\(name)\(own.callSuffix)", values, type.computed), to: type)
  }
}

extension CValue {
  /// A narrow integer as the `int` that C makes of it by itself.
  fileprivate var promoted: CValue {
    precedence == .primary ? CValue(primary: text, .i32) : cast(to: .i32)
  }
}

extension ElementType {
  // The end of the name of the runtime's function for the type.
  fileprivate var callSuffix: String {
    switch self {
    case .f32, .f16, .bf16, .bool: ""
    case .i8, .u8, .i16: "_i32"
    case .f64, .i32, .i64, .u32, .u64: "_\(self)"
    }
  }
}

extension ScalarFunction {
  /// The C function to call instead of an operator that is undefined for some integers; nil if the
  /// operator is safe.
  func safeCall(_ operands: [Expression]) -> String? {
    let (hazard, name) = row.hazard
    let type = operands[0].type
    guard type.isInteger else { return nil }
    var right: Int64?
    if operands.count == 2, case .literal(let literal) = operands[1] { right = literal.integer }
    let isSafe =
      switch hazard {
      case .none: true
      case .overflow: !type.isSigned || type.isNarrow
      case .divisor: right.map { $0 != 0 && $0 != -1 } ?? false
      case .shift:
        right.map { (0..<Int64(type.size * 8)).contains($0) } ?? false
          && !(self == .shiftLeft && type.isSigned)
      }
    return isSafe ? nil : name
  }

  /// `a + -2` is `a - 2`, and `a + -b` is `a - b`: the same in every bit.
  func withoutSign(_ right: Expression) -> (symbol: String, right: Expression)? {
    guard self == .add || self == .subtract, safeCall([right]) == nil else { return nil }
    let symbol = self == .add ? "-" : "+"
    switch right {
    case .literal(let number) where number.cText.hasPrefix("-"):
      let type = number.type
      return (
        symbol,
        .literal(
          type.isFloat ? Literal(-number.double, type) : Literal(-number.integer, type))
      )
    case .apply(.negate, let operands): return (symbol, operands[0])
    default: return nil
    }
  }

  // Comparisons whose result the unsigned type decides; compilers warn about them.
  fileprivate func decidedByType(_ operands: [Expression]) -> Int64? {
    guard case .literal(let limit) = operands[1], limit.type.isInteger, !limit.type.isSigned,
      limit.integer == 0
    else { return nil }
    return self == .greaterEqual ? 1 : self == .less ? 0 : nil
  }
}

/// Returns the C text of an expression whose arrays and variables have their own names.
package func cText(of expression: Expression) -> String {
  var naming = CNaming(CScope())
  var seen: Set<Int> = []
  expression.forEach { (inner) in
    if case .load(let buffer, _) = inner, seen.insert(buffer.id).inserted {
      _ = naming.declare(buffer) { .elements($0) }
    }
    for variable in inner.indices.flatMap(\.variables) where seen.insert(variable.id).inserted {
      _ = naming.declare(variable)
    }
  }
  return naming.value(expression).text.flat
}
