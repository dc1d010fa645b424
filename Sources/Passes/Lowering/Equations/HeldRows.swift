internal import LoopIR

extension KernelStages {
  /// Returns the kernel with each part of a row that is held put where the result lies that is
  /// made of it last, if that is the same element there:
  ///
  ///     array e[1024]
  ///     e[i] = exp(x[n, i] - max)
  ///     y[n, i] = e[i] * inverse
  /// ->
  ///     y[n, i] = exp(x[n, i] - max)
  ///     y[n, i] = y[n, i] * inverse
  ///
  /// So memory takes in what is written while the kernel computes, and the last pass over a row
  /// finds it in cache.
  func holdingInResults() -> KernelStages {
    var result = self
    // From behind, as a part may lie where another one does that is made of it.
    for case .hold(let held) in stages.reversed() {
      guard let place = result.place(for: held) else { continue }
      result = result.moving(held, to: place)
    }
    return result
  }

  // The element that can hold what one of the array `held` does; nil if there is none.
  private func place(for held: Buffer) -> Element? {
    guard let first = stages.firstIndex(where: { $0.fills(held) }),
      let last = stages.lastIndex(where: { $0.places(in: held).count > 0 }),
      first < last, case .row(_, _, let target, let index, _) = stages[last],
      target.type == held.type, target.shape.suffix(held.shape.count) == held.shape[...]
    else { return nil }
    let isHeld = stages.contains { if case .hold(target) = $0 { true } else { false } }
    let rank = isHeld ? 0 : domain.count
    guard target.shape.count == rank + held.shape.count, isHeld || index.starts(with: position)
    else { return nil }
    let own = Array(index.dropFirst(rank))
    guard stages[last].places(in: held).allSatisfy({ $0 == own }) else { return nil }
    // Nothing else may lie there in the meantime; what is read of it in front is older.
    guard case .row(let variables, _, _, let made, _) = stages[first],
      !variables.isShortRow || stages[first].places(in: target).isEmpty,
      stages[first].places(in: target).allSatisfy({ Array($0.dropFirst(rank)) == made }),
      stages[(first + 1)...last].allSatisfy({ $0.places(in: target).isEmpty }),
      !stages[first..<last].contains(where: { $0.fills(target) })
    else { return nil }
    return Element(target, isHeld ? [] : position)
  }

  // The kernel with an array replaced by a part of another one, which begins at `place`.
  private func moving(_ held: Buffer, to place: Element) -> KernelStages {
    func moved(_ value: Expression) -> Expression {
      value.rewritten { part in
        guard case .load(held, let index) = part else { return part }
        return .load(place.buffer, place.indices + index)
      }
    }
    return replacing(
      stages.compactMap { stage in
        if case .hold(held) = stage { return nil }
        let stage = stage.mapped(moved)
        guard case .row(let variables, let inner, held, let index, let value) = stage else {
          return stage
        }
        return .row(variables, inner, place.buffer, place.indices + index, value)
      })
  }
}

extension Stage {
  /// Returns the stage with its values changed; where they go stays.
  func mapped(_ change: (Expression) -> Expression) -> Stage {
    switch self {
    case .hold: return self
    case .bind(let local, let value): return .bind(local, change(value))
    case .store(let buffer, let index, let value): return .store(buffer, index, change(value))
    case .reduce(let own):
      return .reduce(
        Reduction(
          result: own.result, monoid: own.monoid, variables: own.variables,
          bindings: own.bindings.map { ($0, change($1)) }, body: change(own.body)))
    case .row(let variables, let inner, let buffer, let index, let value):
      return .row(variables, inner.map { $0.mapped(change) }, buffer, index, change(value))
    }
  }
}

extension Stage {
  // True iff the stage writes a row of an array.
  fileprivate func fills(_ array: Buffer) -> Bool {
    switch self {
    case .row(_, _, array, _, _), .store(array, _, _): true
    case .bind, .reduce, .hold, .row, .store: false
    }
  }
}
