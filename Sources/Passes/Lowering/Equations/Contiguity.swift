internal import LoopIR

/// How the loads of a reduction move along a loop variable.
struct Contiguity {
  /// True iff each load is either invariant or contiguous.
  private(set) var isSmooth = true
  /// The contiguous loads.
  private(set) var moving: Set<Expression> = []
  /// The invariant loads.
  private(set) var resting: Set<Expression> = []

  init(_ variable: Variable, in reduction: Reduction) {
    for expression in reduction.bindings.map(\.1) + [reduction.body] {
      expression.forEach { load in
        guard case .load(_, let indices) = load else { return }
        add(load, indices, variable)
      }
    }
  }

  private mutating func add(_ load: Expression, _ indices: [Index], _ variable: Variable) {
    guard indices.contains(where: { $0.uses(variable) }) else {
      resting.insert(load)
      return
    }
    let outer = indices.dropLast().contains { $0.uses(variable) }
    if !outer, indices.last?.coefficient(of: variable) == 1 {
      moving.insert(load)
    } else {
      isSmooth = false
    }
  }

  /// True iff a loop over the variable reads memory in order.
  var isVectorizable: Bool { isSmooth && !moving.isEmpty }
}
