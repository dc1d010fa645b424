public import LoopIR

extension ElementType {
  /// Returns the type in which an operator combines numbers of two types.
  ///
  /// The rules are PyTorch's, extended to `u32` and `u64`, for which it has none:
  ///
  /// * two floats: the larger one; `f16` and `bf16` become `f32`;
  /// * a float and an integer: the float;
  /// * two integers, both signed or both unsigned: the larger one;
  /// * a signed and an unsigned integer: the signed one if it is larger, else the smallest signed
  ///   one that is larger than the unsigned; beside `u64`, `i64`;
  /// * `bool` and any other: the other.
  public static func promoted(_ a: ElementType, _ b: ElementType) -> ElementType {
    if a == b || b == .bool { return a }
    if a == .bool { return b }
    if a.isFloat != b.isFloat { return a.isFloat ? a : b }
    if a.isFloat { return a.size == b.size ? .f32 : a.size > b.size ? a : b }
    if a.isSigned == b.isSigned { return a.size > b.size ? a : b }
    let (signed, unsigned) = a.isSigned ? (a, b) : (b, a)
    if signed.size > unsigned.size { return signed }
    return unsigned.size == 1 ? .i16 : .i64
  }

  /// The type of a tensor combined with a `Double`.
  var besideFraction: ElementType { isFloat ? self : .f32 }

  /// The type of a tensor combined with an `Int`.
  var besideWhole: ElementType { self == .bool ? .i64 : self }

  /// The type in which sums and products are returned: 64-bit integers, as the sum of many small
  /// ones may be large; `u32` and `u64` stay unsigned.
  var ofTotal: ElementType {
    switch self {
    case .f32, .f64, .f16, .bf16: self
    case .i8, .u8, .i16, .i32, .i64, .bool: .i64
    case .u32, .u64: .u64
    }
  }
}
