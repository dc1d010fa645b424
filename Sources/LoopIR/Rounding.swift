internal import Glibc

extension ElementType {
  /// The number as an element in memory holds it: rounded, cut, or wrapped, as C does it.
  package func stored(_ value: Double) -> Double {
    switch self {
    case .f16: value.rounded(digits: 11, smallestExponent: -14, largest: 65504)
    case .bf16: value.rounded(digits: 8, smallestExponent: -126, largest: 0x1.fep127)
    case .f32, .f64, .i8, .u8, .i16, .i32, .i64, .u32, .u64, .bool: computed(value)
    }
  }

  /// The number as the result of a computation: 16-bit floats have the range of f32.
  package func computed(_ value: Double) -> Double {
    switch self {
    case .f64: return value
    case .f32, .f16, .bf16: return Double(Float(value))
    case .bool: return value != 0 ? 1 : 0
    case .i8: return Double(Int8(truncatingIfNeeded: value.cut))
    case .u8: return Double(UInt8(truncatingIfNeeded: value.cut))
    case .i16: return Double(Int16(truncatingIfNeeded: value.cut))
    case .i32: return Double(Int32(truncatingIfNeeded: value.cut))
    case .u32: return Double(UInt32(truncatingIfNeeded: value.cut))
    case .i64: return Double(value.cut)
    case .u64: return value >= 0 ? value.rounded(.down) : Double(UInt64(bitPattern: value.cut))
    }
  }
}

extension Double {
  // Without the fraction; what C leaves undefined is 0.
  fileprivate var cut: Int64 { Int64(exactly: rounded(.towardZero)) ?? 0 }

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
    type.computed(row.value(x))
  }
}
