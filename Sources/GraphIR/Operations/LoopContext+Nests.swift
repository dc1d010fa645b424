internal import LoopIR

// Helpers for operations that write their own loops.
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

  /// Returns loops over `variables` around a body; those of one iteration are left out.
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
