internal import Glibc

extension ElementType {
  /// The number as an element in memory holds it: rounded, cut, or wrapped, as C does it.
  package func stored(_ value: Double) -> Double {
    switch self {
    case .f16: value.rounded(digits: 11, smallestExponent: -14, largest: 65504)
    case .bf16: value.rounded(digits: 8, smallestExponent: -126, largest: 0x1.fep127)
    // A float rounds the largest 64-bit integers up; that is no overflow.
    case .i64 where value == 0x1p63, .u64 where value == 0x1p64: value
    case .f32, .f64, .i8, .u8, .i16, .i32, .i64, .u32, .u64, .bool: computed(value)
    }
  }

  /// The number as the result of a computation: integers wrap, NaN becomes the integer 0, and
  /// 16-bit floats have the range of f32.
  package func computed(_ value: Double) -> Double {
    switch self {
    case .f64: value
    case .f32, .f16, .bf16: Double(Float(value))
    case .bool: value != 0 ? 1 : 0
    case .i8: Double(Int8(truncatingIfNeeded: value.wrapped))
    case .u8: Double(UInt8(truncatingIfNeeded: value.wrapped))
    case .i16: Double(Int16(truncatingIfNeeded: value.wrapped))
    case .i32: Double(Int32(truncatingIfNeeded: value.wrapped))
    case .u32: Double(UInt32(truncatingIfNeeded: value.wrapped))
    case .i64: Double(Int64(bitPattern: value.wrapped))
    case .u64: Double(value.wrapped)
    }
  }

  /// A number of type `source` converted to this type: floats that become integers are cut towards
  /// zero and held within the type, integers wrap.
  package func converted(_ value: Double, from source: ElementType) -> Double {
    guard source.isFloat, isInteger else { return stored(value) }
    if value.isNaN { return 0 }
    let ends = wholeEnds
    return Swift.min(Swift.max(value.rounded(.towardZero), ends.lowerBound), ends.upperBound)
  }

  // From the least to the largest integer of the type, as near as a float is to them.
  private var wholeEnds: ClosedRange<Double> {
    let bits = Double(size * 8)
    return isSigned ? -exp2(bits - 1)...(exp2(bits - 1) - 1) : 0...(exp2(bits) - 1)
  }
}

extension Double {
  // The integer part, modulo 2^64.
  fileprivate var wrapped: UInt64 {
    guard isFinite else { return 0 }
    let rest = rounded(.towardZero).truncatingRemainder(dividingBy: 0x1p64)
    return rest < 0 ? 0 &- UInt64(-rest) : UInt64(rest)
  }

  // Rounded to nearest even with so many binary digits.
  fileprivate func rounded(digits: Int, smallestExponent: Int, largest: Double) -> Double {
    let single = Double(Float(self))
    guard single.isFinite, single != 0 else { return single }
    let place = Glibc.exp2(Double(max(Int(single.exponent), smallestExponent) - digits + 1))
    let result = (single / place).rounded(.toNearestOrEven) * place
    if result.magnitude > largest { return single < 0 ? -.infinity : .infinity }
    return result
  }
}

extension ScalarFunction {
  /// The value in `type`, the type of the result, for operands that are values of theirs.
  package func computed(_ x: [Double], _ type: ElementType) -> Double {
    // Products of 32-bit integers have up to 64 bits, of which the lower ones are kept.
    if self == .multiply, type.isInteger, type.size <= 4 {
      return type.computed(Double(UInt32(truncatingIfNeeded: x[0].whole &* x[1].whole)))
    }
    return type.computed(row.value(x))
  }
}
