internal import LoopIR

/// The larger of two values; NaN if one of them is NaN.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { .map(.maximum, a, b) }
/// The larger of two values; NaN if one of them is NaN.
public func maximum(_ a: Tensor, _ b: Double) -> Tensor { .map(.maximum, a, a.beside(b)) }
/// The larger of two values; NaN if one of them is NaN.
public func maximum(_ a: Tensor, _ b: Int) -> Tensor { .map(.maximum, a, a.beside(b)) }
/// The larger of two values; NaN if one of them is NaN.
public func maximum(_ a: Double, _ b: Tensor) -> Tensor { .map(.maximum, b.beside(a), b) }
/// The larger of two values; NaN if one of them is NaN.
public func maximum(_ a: Int, _ b: Tensor) -> Tensor { .map(.maximum, b.beside(a), b) }
/// The smaller of two values; NaN if one of them is NaN.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { .map(.minimum, a, b) }
/// The smaller of two values; NaN if one of them is NaN.
public func minimum(_ a: Tensor, _ b: Double) -> Tensor { .map(.minimum, a, a.beside(b)) }
/// The smaller of two values; NaN if one of them is NaN.
public func minimum(_ a: Tensor, _ b: Int) -> Tensor { .map(.minimum, a, a.beside(b)) }
/// The smaller of two values; NaN if one of them is NaN.
public func minimum(_ a: Double, _ b: Tensor) -> Tensor { .map(.minimum, b.beside(a), b) }
/// The smaller of two values; NaN if one of them is NaN.
public func minimum(_ a: Int, _ b: Tensor) -> Tensor { .map(.minimum, b.beside(a), b) }
/// `a` raised to `b`.
public func pow(_ a: Tensor, _ b: Tensor) -> Tensor { .map(.power, a, b) }
/// `a` raised to `b`.
public func pow(_ a: Tensor, _ b: Double) -> Tensor { .map(.power, a, a.beside(b)) }
/// `a` raised to `b`.
public func pow(_ a: Tensor, _ b: Int) -> Tensor { .map(.power, a, a.beside(b)) }
/// `a` raised to `b`.
public func pow(_ a: Double, _ b: Tensor) -> Tensor { .map(.power, b.beside(a), b) }
/// `a` raised to `b`.
public func pow(_ a: Int, _ b: Tensor) -> Tensor { .map(.power, b.beside(a), b) }

/// sqrt(a² + b²), without overflow in between.
public func hypot(_ a: Tensor, _ b: Tensor) -> Tensor { .map(.hypot, a, b) }
/// The angle of the point (`x`, `y`), from -π to π.
public func atan2(_ y: Tensor, _ x: Tensor) -> Tensor { .map(.atan2, y, x) }
/// The remainder of `a` divided by `b`, with the sign of `a`, as in C; for integers 0 where `b` is
/// 0.
public func fmod(_ a: Tensor, _ b: Tensor) -> Tensor { .map(.remainder, a, b) }

/// The value, or the end of the range that is nearest to it. The gradient is 1 inside the range,
/// ends included, and 0 beyond.
public func clamp(_ x: Tensor, _ range: ClosedRange<Double>) -> Tensor {
  clamp(clamp(x, range.lowerBound...), ...range.upperBound)
}

/// The value, or the end of the range where it is below.
public func clamp(_ x: Tensor, _ range: PartialRangeFrom<Double>) -> Tensor {
  select(x .< x.filled(range.lowerBound), x.filled(range.lowerBound), x)
}

/// The value, or the end of the range where it is above.
public func clamp(_ x: Tensor, _ range: PartialRangeThrough<Double>) -> Tensor {
  select(x .> x.filled(range.upperBound), x.filled(range.upperBound), x)
}

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
  let type = ElementType.promoted(a.elementType, b.elementType)
  return a.builder.apply(
    Map(.select), condition.broadcast(to: shape), a.cast(to: type).broadcast(to: shape),
    b.cast(to: type).broadcast(to: shape))
}

/// `a` where the condition is true, else the number.
public func select(_ condition: Tensor, _ a: Tensor, _ b: Double) -> Tensor {
  select(condition, a, a.number(b))
}
/// `a` where the condition is true, else the number.
public func select(_ condition: Tensor, _ a: Tensor, _ b: Int) -> Tensor {
  select(condition, a, a.number(b))
}
/// The number where the condition is true, else `b`.
public func select(_ condition: Tensor, _ a: Double, _ b: Tensor) -> Tensor {
  select(condition, b.number(a), b)
}
/// The number where the condition is true, else `b`.
public func select(_ condition: Tensor, _ a: Int, _ b: Tensor) -> Tensor {
  select(condition, b.number(a), b)
}
/// One number where the condition is true, else the other, as `f32`.
public func select(_ condition: Tensor, _ a: Double, _ b: Double) -> Tensor {
  select(condition, condition.filled(a, as: .f32), condition.filled(b, as: .f32))
}

/// The exponential.
public func exp(_ x: Tensor) -> Tensor { x.map(.exp) }
/// 2 raised to `x`.
public func exp2(_ x: Tensor) -> Tensor { x.map(.exp2) }
/// exp(x) - 1, accurate even near 0.
public func expm1(_ x: Tensor) -> Tensor { x.map(.expm1) }
/// The natural logarithm.
public func log(_ x: Tensor) -> Tensor { x.map(.log) }
/// The logarithm of base 2.
public func log2(_ x: Tensor) -> Tensor { x.map(.log2) }
/// The logarithm of base 10.
public func log10(_ x: Tensor) -> Tensor { x.map(.log10) }
/// log(1 + x), accurate even near 0.
public func log1p(_ x: Tensor) -> Tensor { x.map(.log1p) }
/// The square root.
public func sqrt(_ x: Tensor) -> Tensor { x.map(.sqrt) }
/// One over the square root.
public func rsqrt(_ x: Tensor) -> Tensor { x.map(.rsqrt) }
/// The cubic root.
public func cbrt(_ x: Tensor) -> Tensor { x.map(.cbrt) }
/// The absolute value.
public func abs(_ x: Tensor) -> Tensor { x.map(.absolute) }
/// -1, 0 or 1.
public func sign(_ x: Tensor) -> Tensor { x.map(.sign) }
/// The sine.
public func sin(_ x: Tensor) -> Tensor { x.map(.sin) }
/// The cosine.
public func cos(_ x: Tensor) -> Tensor { x.map(.cos) }
/// The tangent.
public func tan(_ x: Tensor) -> Tensor { x.map(.tan) }
/// The angle whose sine is `x`, from -π/2 to π/2.
public func asin(_ x: Tensor) -> Tensor { x.map(.asin) }
/// The angle whose cosine is `x`, from 0 to π.
public func acos(_ x: Tensor) -> Tensor { x.map(.acos) }
/// The angle whose tangent is `x`, from -π/2 to π/2.
public func atan(_ x: Tensor) -> Tensor { x.map(.atan) }
/// The hyperbolic sine.
public func sinh(_ x: Tensor) -> Tensor { x.map(.sinh) }
/// The hyperbolic cosine.
public func cosh(_ x: Tensor) -> Tensor { x.map(.cosh) }
/// The hyperbolic tangent.
public func tanh(_ x: Tensor) -> Tensor { x.map(.tanh) }
/// The number whose hyperbolic sine is `x`.
public func asinh(_ x: Tensor) -> Tensor { x.map(.asinh) }
/// The number, not negative, whose hyperbolic cosine is `x`.
public func acosh(_ x: Tensor) -> Tensor { x.map(.acosh) }
/// The number whose hyperbolic tangent is `x`.
public func atanh(_ x: Tensor) -> Tensor { x.map(.atanh) }
/// log(x / (1 - x)), the inverse of `sigmoid`.
public func logit(_ x: Tensor) -> Tensor { x.map(.logit) }
/// 1 / (1 + exp(-x)).
public func sigmoid(_ x: Tensor) -> Tensor { x.map(.sigmoid) }
/// The error function.
public func erf(_ x: Tensor) -> Tensor { x.map(.erf) }
/// 1 - erf(x), accurate even where it is small.
public func erfc(_ x: Tensor) -> Tensor { x.map(.erfc) }
/// The inverse of the error function.
public func erfinv(_ x: Tensor) -> Tensor { x.map(.erfinv) }
/// The logarithm of the absolute value of the gamma function.
public func lgamma(_ x: Tensor) -> Tensor { x.map(.lgamma) }
/// The slope of `lgamma`.
public func digamma(_ x: Tensor) -> Tensor { x.map(.digamma) }
/// The slope of `digamma`.
public func trigamma(_ x: Tensor) -> Tensor { polygamma(1, x) }
/// The `n`-th derivative of `digamma`.
public func polygamma(_ n: Int, _ x: Tensor) -> Tensor {
  .map(.polygamma, x.filled(Double(n)), x)
}
/// log(1 + exp(x)).
public func softplus(_ x: Tensor) -> Tensor { x.map(.softplus) }
/// The next integer below.
public func floor(_ x: Tensor) -> Tensor { x.map(.floor) }
/// The next integer above.
public func ceil(_ x: Tensor) -> Tensor { x.map(.ceil) }
/// The nearest integer; halves go to the even one.
public func round(_ x: Tensor) -> Tensor { x.map(.round) }
/// The integer part.
public func trunc(_ x: Tensor) -> Tensor { x.map(.trunc) }
/// True where the value is NaN.
public func isNaN(_ x: Tensor) -> Tensor { x.map(.isNaN) }
/// True where the value is infinite.
public func isInf(_ x: Tensor) -> Tensor { x.map(.isInf) }
/// True where the value is neither infinite nor NaN.
public func isFinite(_ x: Tensor) -> Tensor { x.map(.isFinite) }
