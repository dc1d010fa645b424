/// A constant of some element type.
///
/// A floating-point constant keeps the number as the model states it, in 64 bits, whatever its
/// type: the same model in double then has the same constants. It is rounded where it is used.
package struct Literal: Hashable, Sendable {
  package let type: ElementType
  private let bits: UInt64

  /// The number `value` in `type`; integers are cut towards zero.
  package init(_ value: Double, _ type: ElementType) {
    self.type = type
    switch type {
    case .f32, .f64, .f16, .bf16: bits = value.bitPattern
    case .bool: bits = value == 0 ? 0 : 1
    case .i8, .u8, .i16, .i32, .i64, .u32:
      bits = UInt64(bitPattern: Int64(exactly: value.rounded(.towardZero)) ?? 0)
    case .u64: bits = UInt64(exactly: value.rounded(.towardZero)) ?? 0
    }
  }

  /// The integer `value` in `type`.
  package init(_ value: Int64, _ type: ElementType) {
    self.type = type
    switch type {
    case .bool: bits = value == 0 ? 0 : 1
    case .f32, .f64, .f16, .bf16: bits = Double(value).bitPattern
    case .i8, .u8, .i16, .i32, .i64, .u32, .u64: bits = UInt64(bitPattern: value)
    }
  }

  /// The value as a floating-point number.
  package var double: Double {
    if type.isFloat { return Double(bitPattern: bits) }
    return type == .u64 ? Double(bits) : Double(Int64(bitPattern: bits))
  }

  /// The value as an integer, a float cut towards zero; `u64` gives its bit pattern.
  package var integer: Int64 {
    type.isFloat ? (Int64(exactly: double.rounded(.towardZero)) ?? 0) : Int64(bitPattern: bits)
  }

  /// True iff the value equals `number`; `-0.0` does not equal `0`.
  package func isExactly(_ number: Double) -> Bool {
    type.isFloat ? double.bitPattern == number.bitPattern : double == number
  }
}

extension Literal: CustomStringConvertible {
  /// The shortest text that reads back as the same value; infinities are `inf`, `-inf`, `nan`.
  package var description: String {
    switch type {
    case .f32, .f64, .f16, .bf16: return "\(double)"
    case .bool: return bits == 0 ? "false" : "true"
    case .u64: return "\(bits)"
    case .i8, .u8, .i16, .i32, .i64, .u32: return "\(Int64(bitPattern: bits))"
    }
  }
}
