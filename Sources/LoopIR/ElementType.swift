/// The type of one element of a tensor.
///
/// `f16` and `bf16` are storage types: they are computed in `f32`.
public enum ElementType: String, CaseIterable, Hashable, Sendable {
  case f32, f64, f16, bf16, i8, u8, i16, i32, i64, u32, u64, bool

  /// The number of bytes of one element.
  public var size: Int {
    switch self {
    case .i8, .u8, .bool: 1
    case .f16, .bf16, .i16: 2
    case .f32, .i32, .u32: 4
    case .f64, .i64, .u64: 8
    }
  }

  /// True iff values are floating-point numbers.
  public var isFloat: Bool {
    switch self {
    case .f32, .f64, .f16, .bf16: true
    case .i8, .u8, .i16, .i32, .i64, .u32, .u64, .bool: false
    }
  }

  /// True iff values are integers; `bool` is not one.
  public var isInteger: Bool { !isFloat && self != .bool }

  /// True iff values are integers that may be negative.
  public var isSigned: Bool {
    switch self {
    case .i8, .i16, .i32, .i64: true
    case .f32, .f64, .f16, .bf16, .u8, .u32, .u64, .bool: false
    }
  }

  /// True iff values are stored in 16 bits and computed in `f32`.
  package var isHalf: Bool { self == .f16 || self == .bf16 }

  /// The type in which values are computed, and sums of them kept.
  package var computed: ElementType { isHalf ? .f32 : self }
}

extension ElementType: CustomStringConvertible {
  /// As in `f32`.
  public var description: String { rawValue }
}
