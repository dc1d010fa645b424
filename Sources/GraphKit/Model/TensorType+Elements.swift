public import TensorLibrary
internal import LoopIR

// Types as they are printed: `.f32[32, 784]`, and `.f32` for a single number.
extension TensorType {
  /// A single `f32`.
  public static var f32: TensorType { TensorType(.f32, []) }
  /// A single `f64`.
  public static var f64: TensorType { TensorType(.f64, []) }
  /// A single `f16`.
  public static var f16: TensorType { TensorType(.f16, []) }
  /// A single `bf16`.
  public static var bf16: TensorType { TensorType(.bf16, []) }
  /// A single `i8`.
  public static var i8: TensorType { TensorType(.i8, []) }
  /// A single `u8`.
  public static var u8: TensorType { TensorType(.u8, []) }
  /// A single `i16`.
  public static var i16: TensorType { TensorType(.i16, []) }
  /// A single `i32`.
  public static var i32: TensorType { TensorType(.i32, []) }
  /// A single `i64`.
  public static var i64: TensorType { TensorType(.i64, []) }
  /// A single `u32`.
  public static var u32: TensorType { TensorType(.u32, []) }
  /// A single `u64`.
  public static var u64: TensorType { TensorType(.u64, []) }
  /// A single `bool`.
  public static var bool: TensorType { TensorType(.bool, []) }

  /// A tensor of this element type with the given extents.
  public subscript(extents: Int...) -> TensorType { TensorType(element, Shape(extents)) }
}
