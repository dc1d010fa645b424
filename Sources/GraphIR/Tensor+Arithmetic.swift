package import LoopIR

// Operands of two shapes are broadcast as in NumPy, those of two element types converted to the one
// that `ElementType.promoted` gives. A tensor combined with a number keeps its type; only a
// `Double` makes integers `f32`.
extension Tensor {
  /// The function of each element.
  package func map(_ function: ScalarFunction) -> Tensor {
    builder.apply(Map(function), self)
  }

  /// The function of each pair of elements; the tensors are broadcast to one shape.
  package static func map(_ function: ScalarFunction, _ a: Tensor, _ b: Tensor) -> Tensor {
    guard a.value != nil, b.value != nil else { return a.value == nil ? a : b }
    guard together([a, b], function.rawValue) else { return a.builder.poison() }
    guard let shape = Shape.broadcast(a.shape, b.shape) else {
      a.builder.fail(
        .cannotBroadcast(function.rawValue, a.type, b.type), operands: [a, b])
      return a.builder.poison()
    }
    if case .logic = function.signature, a.elementType != b.elementType {
      a.builder.fail(.elementTypesDiffer(function.rawValue, a.type, b.type), operands: [a, b])
      return a.builder.poison()
    }
    let type = ElementType.promoted(a.elementType, b.elementType)
    return a.builder.apply(
      Map(function), a.cast(to: type).expanded(to: shape),
      b.cast(to: type).expanded(to: shape))
  }

  /// `self` broadcast to a shape that is known to fit.
  private func expanded(to shape: Shape) -> Tensor {
    if shape == self.shape { return self }
    return broadcast(to: shape, axes: Array((shape.rank - rank)..<shape.rank))
  }

  /// A number as a tensor of the shape and type of `self`, for an operator with both.
  func beside(_ number: Double) -> Tensor { filled(number, as: elementType.besideFraction) }

  /// A number as a tensor of the shape and type of `self`, for an operator with both.
  func beside(_ number: Int) -> Tensor {
    if value == nil { return self }
    let type = TensorType(elementType.besideWhole, shape)
    return builder.apply(Constant([Literal(Int64(number), type.element)], type))
  }

  /// A number without axes of the type that an operator gives it beside `self`.
  func number(_ number: Double) -> Tensor {
    value == nil
      ? self : builder.constant(number, TensorType(elementType.besideFraction, []))
  }

  /// A number without axes of the type that an operator gives it beside `self`.
  func number(_ number: Int) -> Tensor {
    if value == nil { return self }
    let type = TensorType(elementType.besideWhole, [])
    return builder.apply(Constant([Literal(Int64(number), type.element)], type))
  }
}

extension Tensor {
  /// The sum.
  public static func + (a: Tensor, b: Tensor) -> Tensor { map(.add, a, b) }
  /// The difference.
  public static func - (a: Tensor, b: Tensor) -> Tensor { map(.subtract, a, b) }
  /// The product, element by element.
  public static func * (a: Tensor, b: Tensor) -> Tensor { map(.multiply, a, b) }
  /// The quotient; for integers truncated towards zero, and 0 where the divisor is 0.
  public static func / (a: Tensor, b: Tensor) -> Tensor { map(.divide, a, b) }
  /// The remainder of `a` divided by `b`, with the sign of `b`, as in Python; for integers 0 where
  /// `b` is 0.
  public static func % (a: Tensor, b: Tensor) -> Tensor { map(.modulo, a, b) }
  /// The value with the other sign.
  public static prefix func - (a: Tensor) -> Tensor { a.map(.negate) }

  /// The sum.
  public static func + (a: Tensor, b: Double) -> Tensor { a + a.beside(b) }
  /// The difference.
  public static func - (a: Tensor, b: Double) -> Tensor { a - a.beside(b) }
  /// The product, element by element.
  public static func * (a: Tensor, b: Double) -> Tensor { a * a.beside(b) }
  /// The quotient; for integers truncated towards zero, and 0 where the divisor is 0.
  public static func / (a: Tensor, b: Double) -> Tensor { a / a.beside(b) }
  /// The remainder of `a` divided by `b`, with the sign of `b`, as in Python; for integers 0 where
  /// `b` is 0.
  public static func % (a: Tensor, b: Double) -> Tensor { a % a.beside(b) }
  /// The sum.
  public static func + (a: Double, b: Tensor) -> Tensor { b.beside(a) + b }
  /// The difference.
  public static func - (a: Double, b: Tensor) -> Tensor { b.beside(a) - b }
  /// The product, element by element.
  public static func * (a: Double, b: Tensor) -> Tensor { b.beside(a) * b }
  /// The quotient; for integers truncated towards zero, and 0 where the divisor is 0.
  public static func / (a: Double, b: Tensor) -> Tensor { b.beside(a) / b }
  /// The remainder of `a` divided by `b`, with the sign of `b`, as in Python; for integers 0 where
  /// `b` is 0.
  public static func % (a: Double, b: Tensor) -> Tensor { b.beside(a) % b }

  /// The sum.
  public static func + (a: Tensor, b: Int) -> Tensor { a + a.beside(b) }
  /// The difference.
  public static func - (a: Tensor, b: Int) -> Tensor { a - a.beside(b) }
  /// The product, element by element.
  public static func * (a: Tensor, b: Int) -> Tensor { a * a.beside(b) }
  /// The quotient; for integers truncated towards zero, and 0 where the divisor is 0.
  public static func / (a: Tensor, b: Int) -> Tensor { a / a.beside(b) }
  /// The remainder of `a` divided by `b`, with the sign of `b`, as in Python; for integers 0 where
  /// `b` is 0.
  public static func % (a: Tensor, b: Int) -> Tensor { a % a.beside(b) }
  /// The sum.
  public static func + (a: Int, b: Tensor) -> Tensor { b.beside(a) + b }
  /// The difference.
  public static func - (a: Int, b: Tensor) -> Tensor { b.beside(a) - b }
  /// The product, element by element.
  public static func * (a: Int, b: Tensor) -> Tensor { b.beside(a) * b }
  /// The quotient; for integers truncated towards zero, and 0 where the divisor is 0.
  public static func / (a: Int, b: Tensor) -> Tensor { b.beside(a) / b }
  /// The remainder of `a` divided by `b`, with the sign of `b`, as in Python; for integers 0 where
  /// `b` is 0.
  public static func % (a: Int, b: Tensor) -> Tensor { b.beside(a) % b }
}

/// How a quotient is rounded.
public enum QuotientRounding: Sendable {
  /// The next integer below, as Python's `//`.
  case down
  /// The integer part, as C's `/` of integers.
  case towardZero
}

extension Tensor {
  /// The quotient as a whole number, in the type of the operands; for integers 0 where the divisor
  /// is 0.
  public func divided(by other: Tensor, rounding: QuotientRounding) -> Tensor {
    switch rounding {
    case .down: return .map(.floorDivide, self, other)
    case .towardZero:
      let quotient = self / other
      return quotient.elementType.isFloat ? trunc(quotient) : quotient
    }
  }

  /// The quotient as a whole number, in the type of the operands; for integers 0 where the divisor
  /// is 0.
  public func divided(by other: Int, rounding: QuotientRounding) -> Tensor {
    divided(by: beside(other), rounding: rounding)
  }
}

// Bits of integers; of `bool` values, their logic.
extension Tensor {
  /// The bits that are set in both; for `bool`, true where both are.
  public static func & (a: Tensor, b: Tensor) -> Tensor {
    map(a.elementType == .bool && b.elementType == .bool ? .and : .bitAnd, a, b)
  }
  /// The same with a number.
  public static func & (a: Tensor, b: Int) -> Tensor { a & a.beside(b) }
  /// The bits that are set in either; for `bool`, true where either is.
  public static func | (a: Tensor, b: Tensor) -> Tensor {
    map(a.elementType == .bool && b.elementType == .bool ? .or : .bitOr, a, b)
  }
  /// The same with a number.
  public static func | (a: Tensor, b: Int) -> Tensor { a | a.beside(b) }
  /// The bits that are set in exactly one; for `bool`, true where exactly one is.
  public static func ^ (a: Tensor, b: Tensor) -> Tensor {
    map(a.elementType == .bool && b.elementType == .bool ? .notEqual : .bitXor, a, b)
  }
  /// The same with a number.
  public static func ^ (a: Tensor, b: Int) -> Tensor { a ^ a.beside(b) }
  /// The bits that are not set; for `bool`, true where the operand is false.
  public static prefix func ~ (a: Tensor) -> Tensor {
    a.map(a.elementType == .bool ? .not : .bitNot)
  }
  /// The bits shifted up; 0 if the shift is negative, or at least the width.
  public static func << (a: Tensor, b: Tensor) -> Tensor { map(.shiftLeft, a, b) }
  /// The bits shifted up; 0 if the shift is negative, or at least the width.
  public static func << (a: Tensor, b: Int) -> Tensor { a << a.beside(b) }
  /// The bits shifted down, with copies of the sign; only these remain if the shift is negative, or
  /// at least the width.
  public static func >> (a: Tensor, b: Tensor) -> Tensor { map(.shiftRight, a, b) }
  /// The bits shifted down, with copies of the sign; only these remain if the shift is negative, or
  /// at least the width.
  public static func >> (a: Tensor, b: Int) -> Tensor { a >> a.beside(b) }
}
