// What slopes and compositions are: literals, locals and scalar functions, and nothing else.
extension Expression {
  /// Returns what comes out if each literal, local and application is replaced, from the leaves up.
  package func folded<T>(
    literal: (Literal) -> T, local: (Local) -> T,
    apply: (_ function: ScalarFunction, _ values: [T], _ operands: [Expression]) -> T
  ) -> T {
    switch self {
    case .literal(let own): literal(own)
    case .local(let own): local(own)
    case .apply(let function, let operands):
      apply(
        function, operands.map { $0.folded(literal: literal, local: local, apply: apply) },
        operands)
    case .load, .cast, .index, .within, .reduce:
      preconditionFailure("a slope or composition holds more than scalar functions")
    }
  }

  /// The value in 64-bit arithmetic, for values of the locals in the order of their ids.
  package func value(_ x: [Double]) -> Double {
    folded(
      literal: \.double, local: { x[$0.id] }, apply: { function, x, _ in function.row.value(x) })
  }

  /// The functions that are applied, each as often as it is.
  var functions: [ScalarFunction] {
    folded(
      literal: { _ in [] }, local: { _ in [] },
      apply: { function, parts, _ in [function] + parts.flatMap { $0 } })
  }
}

extension ScalarFunction {
  /// The number of operations of one application: none for a choice, and for a composition those of
  /// its parts.
  package var operations: Int {
    switch spelling {
    case .conditional: return 0
    case .infix, .prefix, .call: return 1
    case .composition(let definition):
      let operands = (0..<arity).map { Expression.local(Local(id: $0, name: "x", type: .f64)) }
      return definition(operands).functions.reduce(0) { $0 + $1.operations }
    }
  }
}
