package import LoopIR

// Operands of two shapes are broadcast as in NumPy. A number takes the element type of the tensor
// beside it.
extension Tensor {
  package func map(_ function: ScalarFunction) -> Tensor {
    builder.apply(Map(function), self)
  }

  package static func map(_ function: ScalarFunction, _ a: Tensor, _ b: Tensor) -> Tensor {
    guard a.value != nil, b.value != nil else { return a.value == nil ? a : b }
    guard together([a, b], function.rawValue) else { return a.builder.poison() }
    guard let shape = Shape.broadcast(a.shape, b.shape) else {
      a.builder.fail(
        .cannotBroadcast(function.rawValue, a.type, b.type), operands: [a, b])
      return a.builder.poison()
    }
    guard a.elementType == b.elementType else {
      a.builder.fail(.elementTypesDiffer(function.rawValue, a.type, b.type), operands: [a, b])
      return a.builder.poison()
    }
    return a.builder.apply(Map(function), a.expanded(to: shape), b.expanded(to: shape))
  }

  /// `self` broadcast to a shape that is known to fit.
  private func expanded(to shape: Shape) -> Tensor {
    if shape == self.shape { return self }
    return broadcast(to: shape, axes: Array((shape.rank - rank)..<shape.rank))
  }

  /// The sum.
  public static func + (a: Tensor, b: Tensor) -> Tensor { map(.add, a, b) }
  /// The difference.
  public static func - (a: Tensor, b: Tensor) -> Tensor { map(.subtract, a, b) }
  /// The product, element by element.
  public static func * (a: Tensor, b: Tensor) -> Tensor { map(.multiply, a, b) }
  /// The quotient; of integers, cut towards zero.
  public static func / (a: Tensor, b: Tensor) -> Tensor { map(.divide, a, b) }
  /// The value with the other sign.
  public static prefix func - (a: Tensor) -> Tensor { a.map(.negate) }

  /// The sum.
  public static func + (a: Tensor, b: Double) -> Tensor { a + a.filled(b) }
  /// The difference.
  public static func - (a: Tensor, b: Double) -> Tensor { a - a.filled(b) }
  /// The product, element by element.
  public static func * (a: Tensor, b: Double) -> Tensor { a * a.filled(b) }
  /// The quotient; of integers, cut towards zero.
  public static func / (a: Tensor, b: Double) -> Tensor { a / a.filled(b) }
  /// The sum.
  public static func + (a: Double, b: Tensor) -> Tensor { b.filled(a) + b }
  /// The difference.
  public static func - (a: Double, b: Tensor) -> Tensor { b.filled(a) - b }
  /// The product, element by element.
  public static func * (a: Double, b: Tensor) -> Tensor { b.filled(a) * b }
  /// The quotient; of integers, cut towards zero.
  public static func / (a: Double, b: Tensor) -> Tensor { b.filled(a) / b }

  /// Adds to a tensor.
  public static func += (a: inout Tensor, b: Tensor) { a = a + b }
  /// Subtracts from a tensor.
  public static func -= (a: inout Tensor, b: Tensor) { a = a - b }
  /// Multiplies a tensor, element by element.
  public static func *= (a: inout Tensor, b: Tensor) { a = a * b }
  /// Divides a tensor, element by element.
  public static func /= (a: inout Tensor, b: Tensor) { a = a / b }
}

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
  public static func .== (a: Tensor, b: Double) -> Tensor { a .== a.filled(b) }
  /// True where they differ.
  public static func .!= (a: Tensor, b: Double) -> Tensor { a .!= a.filled(b) }
  /// True where the left one is smaller.
  public static func .< (a: Tensor, b: Double) -> Tensor { a .< a.filled(b) }
  /// True where the left one is not larger.
  public static func .<= (a: Tensor, b: Double) -> Tensor { a .<= a.filled(b) }
  /// True where the left one is larger.
  public static func .> (a: Tensor, b: Double) -> Tensor { a .> a.filled(b) }
  /// True where the left one is not smaller.
  public static func .>= (a: Tensor, b: Double) -> Tensor { a .>= a.filled(b) }
  /// True where both are true.
  public static func .&& (a: Tensor, b: Tensor) -> Tensor { map(.and, a, b) }
  /// True where one of them is true.
  public static func .|| (a: Tensor, b: Tensor) -> Tensor { map(.or, a, b) }
  /// True where the operand is false.
  public static prefix func .! (a: Tensor) -> Tensor { a.map(.not) }
}

/// The larger of two values; not a number if one of them is not.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { .map(.maximum, a, b) }
/// The larger of two values; not a number if one of them is not.
public func maximum(_ a: Tensor, _ b: Double) -> Tensor { .map(.maximum, a, a.filled(b)) }
/// The smaller of two values; not a number if one of them is not.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { .map(.minimum, a, b) }
/// The smaller of two values; not a number if one of them is not.
public func minimum(_ a: Tensor, _ b: Double) -> Tensor { .map(.minimum, a, a.filled(b)) }
/// `a` raised to `b`.
public func pow(_ a: Tensor, _ b: Tensor) -> Tensor { .map(.power, a, b) }
/// `a` raised to `b`.
public func pow(_ a: Tensor, _ b: Double) -> Tensor { .map(.power, a, a.filled(b)) }
/// `a` raised to `b`.
public func pow(_ a: Double, _ b: Tensor) -> Tensor { .map(.power, b.filled(a), b) }

/// `a` where the condition is true, else `b`; all three are broadcast to one shape.
public func select(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
  guard condition.value != nil, a.value != nil, b.value != nil else { return a.builder.poison() }
  guard Tensor.together([condition, a, b], "select") else { return a.builder.poison() }
  guard let values = Shape.broadcast(a.shape, b.shape),
    let shape = Shape.broadcast(condition.shape, values)
  else {
    let other = Shape.broadcast(a.shape, b.shape) == nil ? (a, b) : (condition, a)
    a.builder.fail(
      .cannotBroadcast("select", other.0.type, other.1.type), operands: [condition, a, b])
    return a.builder.poison()
  }
  return a.builder.apply(
    Map(.select), condition.broadcast(to: shape), a.broadcast(to: shape),
    b.broadcast(to: shape))
}

/// The exponential.
public func exp(_ x: Tensor) -> Tensor { x.map(.exp) }
/// exp(x) - 1, exact also near 0.
public func expm1(_ x: Tensor) -> Tensor { x.map(.expm1) }
/// The natural logarithm.
public func log(_ x: Tensor) -> Tensor { x.map(.log) }
/// log(1 + x), exact also near 0.
public func log1p(_ x: Tensor) -> Tensor { x.map(.log1p) }
/// The square root.
public func sqrt(_ x: Tensor) -> Tensor { x.map(.sqrt) }
/// One over the square root.
public func rsqrt(_ x: Tensor) -> Tensor { x.map(.rsqrt) }
/// The value without its sign.
public func abs(_ x: Tensor) -> Tensor { x.map(.absolute) }
/// -1, 0 or 1.
public func sign(_ x: Tensor) -> Tensor { x.map(.sign) }
/// The sine.
public func sin(_ x: Tensor) -> Tensor { x.map(.sin) }
/// The cosine.
public func cos(_ x: Tensor) -> Tensor { x.map(.cos) }
/// The hyperbolic tangent.
public func tanh(_ x: Tensor) -> Tensor { x.map(.tanh) }
/// 1 / (1 + exp(-x)).
public func sigmoid(_ x: Tensor) -> Tensor { x.map(.sigmoid) }
/// The error function.
public func erf(_ x: Tensor) -> Tensor { x.map(.erf) }
/// The inverse of the error function.
public func erfinv(_ x: Tensor) -> Tensor { x.map(.erfinv) }
/// log(1 + exp(x)).
public func softplus(_ x: Tensor) -> Tensor { x.map(.softplus) }
/// The next integer below.
public func floor(_ x: Tensor) -> Tensor { x.map(.floor) }
/// The next integer above.
public func ceil(_ x: Tensor) -> Tensor { x.map(.ceil) }
/// The nearest integer, the even one of two.
public func round(_ x: Tensor) -> Tensor { x.map(.round) }
/// The integer part.
public func trunc(_ x: Tensor) -> Tensor { x.map(.trunc) }
/// True where the value is not a number.
public func isNaN(_ x: Tensor) -> Tensor { x.map(.isNaN) }
/// True where the value is neither infinite nor not a number.
public func isFinite(_ x: Tensor) -> Tensor { x.map(.isFinite) }
