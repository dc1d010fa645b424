// Operators that change a tensor in a variable. A tensor is a value: what was computed from the old
// one stays as it is.
extension Tensor {
  /// Adds to a tensor.
  public static func += (a: inout Tensor, b: Tensor) { a = a + b }
  /// Subtracts from a tensor.
  public static func -= (a: inout Tensor, b: Tensor) { a = a - b }
  /// Multiplies a tensor, element by element.
  public static func *= (a: inout Tensor, b: Tensor) { a = a * b }
  /// Divides a tensor, element by element.
  public static func /= (a: inout Tensor, b: Tensor) { a = a / b }
  /// Leaves the remainder, with the sign of the divisor.
  public static func %= (a: inout Tensor, b: Tensor) { a = a % b }
  /// Adds to a tensor.
  public static func += (a: inout Tensor, b: Double) { a = a + b }
  /// Subtracts from a tensor.
  public static func -= (a: inout Tensor, b: Double) { a = a - b }
  /// Multiplies a tensor, element by element.
  public static func *= (a: inout Tensor, b: Double) { a = a * b }
  /// Divides a tensor, element by element.
  public static func /= (a: inout Tensor, b: Double) { a = a / b }
  /// Leaves the remainder, with the sign of the divisor.
  public static func %= (a: inout Tensor, b: Double) { a = a % b }
  /// Adds to a tensor.
  public static func += (a: inout Tensor, b: Int) { a = a + b }
  /// Subtracts from a tensor.
  public static func -= (a: inout Tensor, b: Int) { a = a - b }
  /// Multiplies a tensor, element by element.
  public static func *= (a: inout Tensor, b: Int) { a = a * b }
  /// Divides a tensor, element by element.
  public static func /= (a: inout Tensor, b: Int) { a = a / b }
  /// Leaves the remainder, with the sign of the divisor.
  public static func %= (a: inout Tensor, b: Int) { a = a % b }
  /// Keeps the bits that are set in both.
  public static func &= (a: inout Tensor, b: Tensor) { a = a & b }
  /// Adds the bits that are set in the other.
  public static func |= (a: inout Tensor, b: Tensor) { a = a | b }
  /// Flips the bits that are set in the other.
  public static func ^= (a: inout Tensor, b: Tensor) { a = a ^ b }
}
