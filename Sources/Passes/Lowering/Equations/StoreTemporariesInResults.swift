internal import LoopIR

extension KernelStages {
  /// Stores each row temporary directly in the output row that is computed from it last, instead
  /// of in an array of its own, if that is the same element there:
  ///
  ///     array e[1024]
  ///     e[i] = exp(x[n, i] - max)
  ///     y[n, i] = e[i] * inverse
  /// ->
  ///     y[n, i] = exp(x[n, i] - max)
  ///     y[n, i] = y[n, i] * inverse
  ///
  /// So stores are spread over the computation, and the last loop over a row finds it in cache.
  func storingTemporariesInResults() -> KernelStages {
    var result = self
    // From the last to the first, as one temporary may share the row of another that is computed
    // from it.
    for case .temporary(let temporary) in stages.reversed() {
      guard let place = result.place(for: temporary) else { continue }
      result = result.moving(temporary, to: place)
    }
    return result
  }

  // The element that can hold what one of the array `temporary` does; nil if there is none.
  private func place(for temporary: Buffer) -> Element? {
    guard let first = stages.firstIndex(where: { $0.fills(temporary) }),
      let last = stages.lastIndex(where: { $0.places(in: temporary).count > 0 }),
      first < last, case .row(let lastPass) = stages[last]
    else { return nil }
    let target = lastPass.target.buffer
    guard target.type == temporary.type,
      target.shape.suffix(temporary.shape.count) == temporary.shape[...]
    else { return nil }
    let isTemporary = stages.contains { if case .temporary(target) = $0 { true } else { false } }
    let rank = isTemporary ? 0 : domain.count
    guard target.shape.count == rank + temporary.shape.count,
      isTemporary || lastPass.target.indices.starts(with: position)
    else { return nil }
    let own = Array(lastPass.target.indices.dropFirst(rank))
    guard stages[last].places(in: temporary).allSatisfy({ $0 == own }) else { return nil }
    // Nothing else may be stored there in between; earlier loads read older values.
    guard case .row(let firstPass) = stages[first],
      !firstPass.variables.isShortRow || stages[first].places(in: target).isEmpty,
      stages[first].places(in: target).allSatisfy({
        Array($0.dropFirst(rank)) == firstPass.target.indices
      }),
      stages[(first + 1)...last].allSatisfy({ $0.places(in: target).isEmpty }),
      !stages[first..<last].contains(where: { $0.fills(target) })
    else { return nil }
    return Element(target, isTemporary ? [] : position)
  }

  // The kernel with an array replaced by a part of another one, which begins at `place`.
  private func moving(_ temporary: Buffer, to place: Element) -> KernelStages {
    func moved(_ value: Expression) -> Expression {
      value.rewritten { part in
        guard case .load(temporary, let index) = part else { return part }
        return .load(place.buffer, place.indices + index)
      }
    }
    return replacing(
      stages.compactMap { stage in
        if case .temporary(temporary) = stage { return nil }
        return stage.mapped(
          moved,
          element: {
            $0.buffer == temporary ? Element(place.buffer, place.indices + $0.indices) : $0
          })
      })
  }
}

extension Stage {
  // True iff the stage writes a row of an array.
  fileprivate func fills(_ array: Buffer) -> Bool { body?.target?.buffer == array }
}
