internal import LoopIR

extension Reduction {
  /// Returns the variables of a domain in the order of the loops: those that the largest array does
  /// not depend on come last, if their extents are small. Then each part of it is read from memory
  /// once, and is still in cache for the other results.
  ///
  ///     for j < 2304: for n < 2: y[n, j] = sum(i) x[n, i] * w[j, i]
  func streamingOrder(of domain: [Variable], _ machine: Machine) -> [Variable] {
    let all = (domain + variables).filter { $0.extent > 1 }
    var largest: (used: [Variable], size: Int) = ([], 0)
    for expression in bindings.map(\.1) + [body] {
      expression.forEach { load in
        guard case .load(_, let indices) = load else { return }
        let used = all.filter { variable in indices.contains { $0.uses(variable) } }
        let size = used.reduce(1) { $0 * $1.extent }
        if size > largest.size { largest = (used, size) }
      }
    }
    let rest = domain.filter { !largest.used.contains($0) }
    guard rest.reduce(1, { $0 * $1.extent }) <= machine.streams.mostSharedResults else {
      return domain
    }
    return domain.filter { largest.used.contains($0) } + rest
  }
}
