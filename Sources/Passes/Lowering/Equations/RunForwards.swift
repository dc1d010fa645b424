internal import LoopIR

extension Reduction {
  /// Returns the reduction with its variables reversed where all loads run backwards:
  ///
  ///     sum{j < 3} w[n, 2 - j]
  /// ->
  ///     sum{j < 3} w[n, j]
  ///
  /// A sum has no direction; its order of additions is that of its terms in memory. Compilers
  /// vectorise what runs forwards at least as well, and gcc 11 and 12 add up the wrong elements of
  /// short axes that run backwards.
  var runningForwards: Reduction {
    // Positions of extremes depend on the direction: the first of equal ones wins.
    if monoid == .argMaximum || monoid == .argMinimum { return self }
    let values = bindings.map(\.1) + [body]
    let backwards = variables.filter { variable in values.runBackwards(along: variable) }
    if backwards.isEmpty { return self }
    func turned(_ value: Expression) -> Expression {
      value.substituting { variable in
        backwards.contains(variable) ? Index(variable.extent - 1) - Index(variable) : nil
      }
    }
    return mapped(turned)
  }
}

extension [Expression] {
  // True iff some load runs backwards along a variable, and none forwards or in an unknown way.
  fileprivate func runBackwards(along variable: Variable) -> Bool {
    var moves: Set<Int> = []
    for value in self {
      value.forEach { part in
        guard case .load(_, let indices) = part else { return }
        for index in indices where index.uses(variable) {
          moves.insert(index.coefficient(of: variable)?.signum() ?? 0)
        }
      }
    }
    return moves == [-1]
  }
}
