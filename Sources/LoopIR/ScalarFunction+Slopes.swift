// Slopes that take more than a line.
extension ScalarFunction.Row {
  /// The slopes of `a` raised to `b`: zero by the base where `b` is 0, and by the exponent where
  /// `a` is 0 and the power is not infinite, as in PyTorch.
  @Sendable static func slopesOfPower(_ x: [Expression], _ y: Expression) -> [Expression?] {
    let (a, b) = (x[0], x[1])
    let base = b * .apply(.power, [a, b - b.like(1)])
    let isOne = Expression.apply(.equal, [b, b.like(0)])
    let isZero = Expression.apply(
      .and, [.apply(.equal, [a, a.like(0)]), .apply(.greaterEqual, [b, b.like(0)])])
    let exponent = y * .apply(.log, [a])
    return [
      .apply(.select, [isOne, b.like(0), base]), .apply(.select, [isZero, a.like(0), exponent]),
    ]
  }

  /// The slopes of the angle of the point (`x[1]`, `x[0]`); zero at the origin, as in PyTorch.
  @Sendable static func slopesOfAtan2(_ x: [Expression], _ y: Expression) -> [Expression?] {
    let square = x[0] * x[0] + x[1] * x[1]
    let isOrigin = Expression.apply(.equal, [square, square.like(0)])
    let inverse = Expression.apply(
      .select, [isOrigin, square.like(0), square.like(1) / square])
    return [x[1] * inverse, -x[0] * inverse]
  }
}

extension Expression {
  static func rsqrt(_ a: Expression) -> Expression { .apply(.rsqrt, [a]) }

  /// 0 where `a` loses against `b`, one half where they are equal, else 1.
  static func share(_ a: Expression, _ loses: ScalarFunction, _ b: Expression) -> Expression {
    let draw = Expression.apply(.select, [.apply(.equal, [a, b]), a.like(0.5), a.like(1)])
    return .apply(.select, [.apply(loses, [a, b]), a.like(0), draw])
  }
}
