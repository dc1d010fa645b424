internal import LoopIR

extension Literal {
  /// The constant in C, in the shortest form that keeps its value.
  ///
  /// Its C type is that of the literal, or one that becomes it without a change or a warning:
  /// small `i64` values are plain numbers.
  var cText: String {
    switch type {
    case .bool: return double == 0 ? "false" : "true"
    // A number beyond the type's range rounds to infinity.
    case .f32, .f16, .bf16: return floatText + (Float(double).isFinite ? "f" : "")
    case .f64: return floatText
    case .i8, .i16, .i32, .i64: return signedText(wrapped)
    case .u8: return "\(UInt8(truncatingIfNeeded: integer))"
    case .u32: return "\(UInt32(truncatingIfNeeded: integer))u"
    case .u64:
      let value = UInt64(bitPattern: integer)
      return value > UInt64(UInt32.max) ? "UINT64_C(\(value))" : "\(value)u"
    }
  }

  private var wrapped: Int64 {
    switch type {
    case .i8: Int64(Int8(truncatingIfNeeded: integer))
    case .i16: Int64(Int16(truncatingIfNeeded: integer))
    case .i32: Int64(Int32(truncatingIfNeeded: integer))
    case .i64, .u8, .u32, .u64, .bool, .f16, .bf16, .f32, .f64: integer
    }
  }

  private func signedText(_ value: Int64) -> String {
    // The most negative number of a type is not a number in C, but an expression.
    if value == Int64.min { return "INT64_MIN" }
    if value == Int64(Int32.min), type == .i32 { return "INT32_MIN" }
    let isInt = value.magnitude <= UInt64(Int32.max)
    return isInt ? "\(value)" : "INT64_C(\(value))"
  }

  // Swift writes 1e-05, C readers 1e-5.
  private var floatText: String {
    let value = type == .f64 ? double : Double(Float(double))
    if value.isNaN { return "NAN" }
    if value.isInfinite { return value < 0 ? "-INFINITY" : "INFINITY" }
    let text = type == .f64 ? "\(double)" : "\(Float(double))"
    guard let at = text.firstIndex(of: "e") else { return text }
    var exponent = text[text.index(after: at)...]
    let sign = exponent.first == "-" ? "-" : ""
    exponent = exponent.drop { $0 == "-" || $0 == "+" || $0 == "0" }
    var mantissa = text[..<at]
    if mantissa.hasSuffix(".0") { mantissa = mantissa.dropLast(2) }
    return "\(mantissa)e\(sign)\(exponent)"
  }
}
