internal import LoopIR

// What most operations with loops of their own need to write them.
extension LoopContext {
  /// Returns one loop variable for each axis, named as the comments of the C name axes.
  func variables(_ dims: [Int]) -> [Variable] {
    dims.enumerated().map { variable(AxisNames.standard($0, of: dims.count), $1) }
  }

  /// Returns an expression as comments write it, with the names of arrays and variables.
  static func text(_ expression: Expression) -> String {
    ExpressionText(.notation, buffer: \.name, local: \.name, variable: \.name).text(expression)
  }

  /// Returns the element of a result at a position as comments write it.
  func text(result: Int, _ index: [Index]) -> String {
    LoopContext.text(.load(results[result], index))
  }

  /// Returns the element of an operand at a position as comments write it.
  func text(operand: Int, _ index: [Index]) -> String {
    LoopContext.text(operands(operand, index))
  }

  /// Returns loops over `variables` around a body; those of one pass are left out.
  static func nest(
    _ variables: some Sequence<Variable>, kind: Loop.Kind = .independent, _ body: [Statement]
  ) -> [Statement] {
    variables.reversed().reduce(body) { inner, variable in
      variable.extent == 1 ? inner : [.loop(Loop(variable, kind: kind, inner))]
    }
  }

  /// Returns loops over all positions of a shape, in any order.
  func forEach(_ dims: [Int], _ body: ([Index]) -> [Statement]) -> [Statement] {
    let variables = variables(dims)
    return LoopContext.nest(variables, body(variables.map { Index($0) }))
  }
}

// Expressions as loops are written with; the scalar functions by name, so that a type that has
// none of them is not promised any.
extension Expression {
  /// A whole number as `i32`.
  static func whole(_ value: Int) -> Expression { .literal(Literal(Int64(value), .i32)) }

  func plus(_ other: Expression) -> Expression { .apply(.add, [self, other]) }
  func plus(_ value: Double) -> Expression { plus(like(value)) }
  func minus(_ other: Expression) -> Expression { .apply(.subtract, [self, other]) }
  func times(_ other: Expression) -> Expression { .apply(.multiply, [self, other]) }
  func over(_ other: Expression) -> Expression { .apply(.divide, [self, other]) }
  func isLess(than other: Expression) -> Expression { .apply(.less, [self, other]) }
  func isGreater(than other: Expression) -> Expression { .apply(.greater, [self, other]) }
  func isEqual(to other: Expression) -> Expression { .apply(.equal, [self, other]) }
  func and(_ other: Expression) -> Expression { .apply(.and, [self, other]) }
  func or(_ other: Expression) -> Expression { .apply(.or, [self, other]) }
  var inverted: Expression { .apply(.not, [self]) }
  var isNotANumber: Expression { .apply(.isNaN, [self]) }

  /// The larger of two values.
  func or(atLeast other: Expression) -> Expression { .apply(.maximum, [self, other]) }
  /// The smaller of two values.
  func or(atMost other: Expression) -> Expression { .apply(.minimum, [self, other]) }

  /// True iff `self` is larger, where what is no number is larger than all numbers.
  func isGreaterOrNaN(than other: Expression) -> Expression {
    guard type.isFloat else { return isGreater(than: other) }
    return isGreater(than: other).or(isNotANumber.and(other.isNotANumber.inverted))
  }
}
