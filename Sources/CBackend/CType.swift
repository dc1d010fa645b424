internal import LoopIR

extension ElementType {
  /// The C type of an element in memory.
  var cStorage: String {
    switch self {
    case .f32: "float"
    case .f64: "double"
    case .f16, .bf16: "uint16_t"
    case .bool: "bool"
    case .i8, .u8, .i16, .i32, .i64, .u32, .u64: (isSigned ? "int" : "uint") + "\(size * 8)_t"
    }
  }

  /// The C type of a scalar in a computation.
  var cScalar: String { isHalf ? "float" : cStorage }

  /// The name that the runtime has for the type.
  var cConstant: String { "RT_" + rawValue.uppercased() }

  /// True iff C computes with `int` where this type is meant.
  var isNarrow: Bool { isInteger && size < 4 }
}
