internal import LoopIR

// Comparisons give `bool` tensors. They begin with a point, as Swift's own vectors do, because
// `==` would promise a Bool.
infix operator .== : ComparisonPrecedence
infix operator .!= : ComparisonPrecedence
infix operator .< : ComparisonPrecedence
infix operator .<= : ComparisonPrecedence
infix operator .> : ComparisonPrecedence
infix operator .>= : ComparisonPrecedence
infix operator .&& : LogicalConjunctionPrecedence
infix operator .|| : LogicalDisjunctionPrecedence
prefix operator .!

extension Tensor {
  /// True where both are equal.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { map(.equal, a, b) }
  /// True where they differ.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { map(.notEqual, a, b) }
  /// True where the left one is smaller.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { map(.less, a, b) }
  /// True where the left one is not larger.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { map(.lessEqual, a, b) }
  /// True where the left one is larger.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { map(.greater, a, b) }
  /// True where the left one is not smaller.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { map(.greaterEqual, a, b) }
  /// True where both are equal.
  public static func .== (a: Tensor, b: Double) -> Tensor { a .== a.beside(b) }
  /// True where they differ.
  public static func .!= (a: Tensor, b: Double) -> Tensor { a .!= a.beside(b) }
  /// True where the left one is smaller.
  public static func .< (a: Tensor, b: Double) -> Tensor { a .< a.beside(b) }
  /// True where the left one is not larger.
  public static func .<= (a: Tensor, b: Double) -> Tensor { a .<= a.beside(b) }
  /// True where the left one is larger.
  public static func .> (a: Tensor, b: Double) -> Tensor { a .> a.beside(b) }
  /// True where the left one is not smaller.
  public static func .>= (a: Tensor, b: Double) -> Tensor { a .>= a.beside(b) }
  /// True where both are equal.
  public static func .== (a: Tensor, b: Int) -> Tensor { a .== a.beside(b) }
  /// True where they differ.
  public static func .!= (a: Tensor, b: Int) -> Tensor { a .!= a.beside(b) }
  /// True where the left one is smaller.
  public static func .< (a: Tensor, b: Int) -> Tensor { a .< a.beside(b) }
  /// True where the left one is not larger.
  public static func .<= (a: Tensor, b: Int) -> Tensor { a .<= a.beside(b) }
  /// True where the left one is larger.
  public static func .> (a: Tensor, b: Int) -> Tensor { a .> a.beside(b) }
  /// True where the left one is not smaller.
  public static func .>= (a: Tensor, b: Int) -> Tensor { a .>= a.beside(b) }
  /// True where both are true.
  public static func .&& (a: Tensor, b: Tensor) -> Tensor { map(.and, a, b) }
  /// True where one of them is true.
  public static func .|| (a: Tensor, b: Tensor) -> Tensor { map(.or, a, b) }
  /// True where the operand is false.
  public static prefix func .! (a: Tensor) -> Tensor { a.map(.not) }
}
