internal import LoopIR

extension CNaming {
  /// The C expression of an index: an `int`, or an `int64_t` where it needs one.
  func value(_ index: Index) -> CValue {
    guard !index.terms.isEmpty else { return number(index.constant) }
    let isWide = !index.fitsInt
    var result: CValue?
    // C truncates quotients towards zero, so dividends are made positive and the result is
    // corrected here.
    var rest = index.terms.reduce(index.constant) { $0 - $1.coefficient * $1.atom.shift }
    // A sum begins with a positive term if it has one.
    if index.terms[0].coefficient < 0, rest > 0 {
      result = number(rest)
      rest = 0
    }
    for term in index.terms {
      let product = value(term, isWide: isWide)
      let isNegative = term.coefficient < 0
      guard let sum = result else {
        result = isNegative ? CValue(prefix: "-", product, product.type) : product
        continue
      }
      result = CValue(sum, isNegative ? "-" : "+", .sum, product, wider(sum, product))
    }
    guard let sum = result else { return number(rest) }
    if rest == 0 { return sum }
    return CValue(sum, rest < 0 ? "-" : "+", .sum, number(abs(rest)), sum.type)
  }

  // The term without its sign.
  private func value(_ term: Index.Term, isWide: Bool) -> CValue {
    let atom = value(term.atom)
    let wide = isWide && atom.type == .i32 ? atom.cast(to: .i64) : atom
    let factor = abs(term.coefficient)
    return factor == 1 ? wide : CValue(number(factor), "*", .product, wide, wide.type)
  }

  // A variable, a quotient, a remainder or a value of run time as a C expression.
  private func value(_ atom: Index.Atom) -> CValue {
    switch atom {
    case .variable(let variable):
      return CValue(primary: .word(self[variable]), variable.fitsInt ? .i32 : .i64)
    case .quotient(let index, let divisor):
      let dividend = index + index.divisionShift(divisor) * divisor
      return infix(value(dividend), "/", number(divisor))
    case .remainder(let index, let divisor):
      let shift = index.divisionShift(divisor)
      return infix(value(index + shift * divisor), "%", number(divisor))
    case .value(let expression, _):
      let value = value(expression)
      switch value.type {
      case .i8, .i16, .u8: return CValue(primary: value.bound(.prefix), .i32)
      case .i32, .i64: return value
      case .f32, .f64, .f16, .bf16, .u32, .u64, .bool: return value.cast(to: .i32)
      }
    }
  }

  private func infix(_ left: CValue, _ symbol: String, _ right: CValue) -> CValue {
    CValue(left, symbol, .product, right, left.type)
  }

  private func number(_ value: Int) -> CValue {
    let fits = Int32(exactly: value) != nil
    return CValue(Literal(Int64(value), fits ? .i32 : .i64))
  }

  private func wider(_ a: CValue, _ b: CValue) -> ElementType {
    a.type == .i64 || b.type == .i64 ? .i64 : .i32
  }

  /// The C expression for an index that lies in `range`, without what its bounds already say.
  func value(_ index: Index, within range: Range<Int>) -> CValue {
    let bounds = index.range
    let needsLow = bounds.lowerBound < range.lowerBound
    let needsHigh = bounds.upperBound >= range.upperBound
    let position = value(index)
    if range.isEmpty { return CValue(Literal(Int64(0), .bool)) }
    if range.count == 1 && (needsLow || needsHigh) {
      return CValue(position, "==", .equality, number(range.lowerBound), .bool)
    }
    let low = CValue(position, ">=", .comparison, number(range.lowerBound), .bool)
    let high = CValue(position, "<", .comparison, number(range.upperBound), .bool)
    if needsLow && needsHigh { return CValue(low, "&&", .and, high, .bool) }
    if needsLow { return low }
    return needsHigh ? high : CValue(Literal(Int64(1), .bool))
  }
}

extension Variable {
  /// True iff a C `int` can count to the extent.
  var fitsInt: Bool { extent < Int(Int32.max) }
}

extension Index.Atom {
  // By how much the C expression for the atom is too large.
  fileprivate var shift: Int {
    if case .quotient(let index, let divisor) = self { return index.divisionShift(divisor) }
    return 0
  }
}

extension Index {
  /// True iff the index and each of its terms are values of a C `int`.
  fileprivate var fitsInt: Bool {
    var size = constant.magnitude
    for term in terms {
      let range = term.atom.range
      let largest = max(range.lowerBound.magnitude, range.upperBound.magnitude)
      size += largest * term.coefficient.magnitude
    }
    return size <= UInt(Int32.max)
  }

  /// The multiple of `divisor` that must be added so that no value is negative.
  fileprivate func divisionShift(_ divisor: Int) -> Int {
    max(0, -range.lowerBound.flooredQuotient(divisor))
  }
}
