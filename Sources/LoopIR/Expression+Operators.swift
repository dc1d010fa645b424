// Operators for writing loops and slopes. They do not check types: `LoopVerifier` reports operands
// that do not fit.
extension Expression {
  /// The number `value` in the type of `self`.
  package func like(_ value: Double) -> Expression { .literal(Literal(value, type)) }
  /// A whole number as `i32`.
  package static func whole(_ value: Int) -> Expression { .literal(Literal(Int64(value), .i32)) }

  package static func + (a: Expression, b: Expression) -> Expression { .apply(.add, [a, b]) }
  package static func + (a: Expression, b: Double) -> Expression { a + a.like(b) }
  package static func - (a: Expression, b: Expression) -> Expression { .apply(.subtract, [a, b]) }
  package static func * (a: Expression, b: Expression) -> Expression { .apply(.multiply, [a, b]) }
  package static func / (a: Expression, b: Expression) -> Expression { .apply(.divide, [a, b]) }
  package static prefix func - (a: Expression) -> Expression { .apply(.negate, [a]) }

  /// The square root.
  package var squareRoot: Expression { .apply(.sqrt, [self]) }
  /// The value without its sign.
  package var magnitude: Expression { .apply(.absolute, [self]) }
  /// The larger of two values.
  package func or(atLeast other: Expression) -> Expression { .apply(.maximum, [self, other]) }
  /// The smaller of two values.
  package func or(atMost other: Expression) -> Expression { .apply(.minimum, [self, other]) }
}

// Conditions.
extension Expression {
  /// True iff `self` is above `other`.
  package func isAbove(_ other: Expression) -> Expression { .apply(.greater, [self, other]) }
  /// True iff `self` is below `other`.
  package func isBelow(_ other: Expression) -> Expression { .apply(.less, [self, other]) }
  /// True iff both are equal.
  package func equals(_ other: Expression) -> Expression { .apply(.equal, [self, other]) }
  /// True iff both differ.
  package func differs(from other: Expression) -> Expression { .apply(.notEqual, [self, other]) }
  /// True iff the value is none.
  package var isNotANumber: Expression { .apply(.isNaN, [self]) }

  /// True iff both conditions are.
  package func and(_ other: Expression) -> Expression { .apply(.and, [self, other]) }
  /// True iff one of the conditions is.
  package func or(_ other: Expression) -> Expression { .apply(.or, [self, other]) }
  /// True iff the condition is not.
  package var inverted: Expression { .apply(.not, [self]) }
  /// `self`, a condition, chooses one of two values.
  package func chooses(_ a: Expression, _ b: Expression) -> Expression {
    .apply(.select, [self, a, b])
  }

  /// True iff `self` is larger, where NaN is larger than all numbers.
  package func isAboveOrNaN(_ other: Expression) -> Expression {
    guard type.isFloat else { return isAbove(other) }
    return isAbove(other).or(isNotANumber.and(other.isNotANumber.inverted))
  }
}
