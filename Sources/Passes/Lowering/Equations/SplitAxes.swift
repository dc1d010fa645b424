internal import LoopIR

extension KernelStages {
  /// Returns the kernel with two variables for one that occurs in quotients:
  ///
  ///     y[n, y, x] = image[n, y / 2, x / 2]                    y < 56, x < 56
  /// ->
  ///     y[n, 2 * yo + yi, 2 * xo + xi] = image[n, yo, xo]      yo < 28, yi < 2, xo < 28, xi < 2
  ///
  /// Quotients and remainders, which prevent vectorisation, disappear.
  func splittingAxes() -> KernelStages {
    if isByRow || stages.contains(where: { if case .reduce = $0 { true } else { false } }) {
      return self
    }
    let last = domain.last { $0.extent > 1 }
    for variable in domain {
      guard let divisor = divisor(of: variable), variable.extent % divisor == 0,
        variable != last || !choosesByData
      else { continue }
      return splitting(variable, by: divisor).splittingAxes()
    }
    return self
  }

  private func splitting(_ variable: Variable, by divisor: Int) -> KernelStages {
    let outer = elements.variable(variable.name + "_outer", variable.extent / divisor)
    let inner = elements.variable(variable.name + "_inner", divisor)
    let whole = Index(outer) * divisor + Index(inner)
    func move(_ own: Variable) -> Index? { own == variable ? whole : nil }
    return rewritten(
      domain: domain.flatMap { $0 == variable ? [outer, inner] : [$0] },
      array: { $0 },
      value: { $0.substituting(move) },
      element: { Element($0.buffer, $0.indices.map { $0.substituting(move) }) })
  }

  // The largest divisor of a variable that is less than its extent.
  private func divisor(of variable: Variable) -> Int? {
    var result: Int?
    func note(_ index: Index) {
      for case .quotient(let inner, let divisor) in index.terms.map(\.atom) {
        if inner.coefficient(of: variable) == 1, divisor < variable.extent {
          result = max(result ?? 0, divisor)
        } else {
          note(inner)
        }
      }
    }
    for value in values {
      value.forEach { part in for index in part.indices { note(index) } }
    }
    return result
  }

  // True iff the kernel has loads at positions read from arrays. For short loops around such a load
  // compilers make branches.
  private var choosesByData: Bool {
    var found = false
    for value in values {
      value.forEach { part in
        if case .apply(.select, let operands) = part, !operands[0].loads.isEmpty { found = true }
      }
    }
    return found
  }
}
