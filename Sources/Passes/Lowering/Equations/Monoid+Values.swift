internal import LoopIR

extension Monoid {
  /// The neutral element.
  func identity(_ type: ElementType) -> Literal {
    switch self {
    case .sum, .any: Literal(Int64(0), type)
    case .product, .all: Literal(Int64(1), type)
    case .maximum, .argMaximum: type.lowest
    case .minimum, .argMinimum: type.highest
    }
  }

  /// The combination of two partial results.
  func joined(_ a: Expression, _ b: Expression) -> Expression {
    switch self {
    case .sum: .apply(.add, [a, b])
    case .product: .apply(.multiply, [a, b])
    case .maximum, .argMaximum: .apply(.maximum, [a, b])
    case .minimum, .argMinimum: .apply(.minimum, [a, b])
    case .any: .apply(.or, [a, b])
    case .all: .apply(.and, [a, b])
    }
  }
}

extension ElementType {
  /// The value below or equal to all others.
  fileprivate var lowest: Literal {
    switch self {
    case .f32, .f64, .f16, .bf16: Literal(-Double.infinity, self)
    case .i8: Literal(Int64(Int8.min), self)
    case .i16: Literal(Int64(Int16.min), self)
    case .i32: Literal(Int64(Int32.min), self)
    case .i64: Literal(Int64.min, self)
    case .u8, .u32, .u64, .bool: Literal(Int64(0), self)
    }
  }

  /// The value above or equal to all others.
  fileprivate var highest: Literal {
    switch self {
    case .f32, .f64, .f16, .bf16: Literal(Double.infinity, self)
    case .i8: Literal(Int64(Int8.max), self)
    case .i16: Literal(Int64(Int16.max), self)
    case .i32: Literal(Int64(Int32.max), self)
    case .i64: Literal(Int64.max, self)
    case .u8: Literal(Int64(UInt8.max), self)
    case .u32: Literal(Int64(UInt32.max), self)
    case .u64: Literal(Int64(bitPattern: UInt64.max), self)
    case .bool: Literal(Int64(1), self)
    }
  }
}
