internal import LoopIR

extension KernelStages {
  /// Returns the kernel with local arrays for short rows that are computed in place, from which
  /// later loops read them:
  ///
  ///     x[n, i] = exp(x[n, i] - max)
  ///     let sum = sum{i < 8} x[n, i]
  /// ->
  ///     array x_row[8]
  ///     x_row[i] = exp(x[n, i] - max)
  ///     x[n, i] = x_row[i]
  ///     let sum = sum{i < 8} x_row[i]
  ///
  /// Compilers keep such an array in a vector register. Where loops work on the row in memory,
  /// clang 13 to 16 at -O3 unroll them and lose numbers of rows of 4 to 8.
  func keepingShortRowsInArrays() -> KernelStages {
    var rows: [Buffer: Buffer] = [:]
    var result: [Stage] = []
    for (i, stage) in stages.enumerated() {
      let stage = stage.mapped { value in
        value.rewritten { part in
          guard case .load(let buffer, let index) = part, let row = rows[buffer] else {
            return part
          }
          return .load(row, Array(index.dropFirst(domain.count)))
        }
      }
      guard case .row(var pass) = stage else {
        result.append(stage)
        continue
      }
      let (target, index) = (pass.target.buffer, pass.target.indices)
      rows[target] = nil
      let isReadLater = stages[(i + 1)...].contains { !$0.places(in: target).isEmpty }
      guard isReadLater, pass.variables.isShortRow, !stages[i].places(in: target).isEmpty,
        index.starts(with: position), target.shape.count > domain.count
      else {
        result.append(stage)
        continue
      }
      let row = elements.array(
        target.name + "_row", target.type, Array(target.shape.dropFirst(domain.count)))
      let slot = Array(index.dropFirst(domain.count))
      let copy = RowPass(
        variables: pass.variables, bindings: [], target: pass.target, value: .load(row, slot))
      pass.target = Element(row, slot)
      result += [.temporary(row), .row(pass), .row(copy)]
      rows[target] = row
    }
    return replacing(result)
  }
}

extension [Variable] {
  /// True iff a loop over a row has so few iterations that compilers unroll it completely.
  var isShortRow: Bool {
    guard let last = last(where: { $0.extent > 1 }) else { return true }
    return last.extent <= 16 && reduce(1) { $0 * $1.extent } <= 256
  }
}
