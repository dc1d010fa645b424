internal import LoopIR

extension KernelStages {
  /// Returns the kernel with rows of two elements that compilers must not write out, if the kernel
  /// chooses values:
  ///
  ///     let scale = total == 0 ? 0 : w[n]
  ///     y[n, i] = scale * x[n, i]                 // i < 2
  ///
  /// gcc 11 and 12, for AVX2 and AVX-512, write out both elements, take several rows at once, and
  /// then give rows the conditions of others.
  func keepingPairsRolled() -> KernelStages {
    guard values.contains(where: \.chooses) else { return self }
    return replacing(
      stages.map { stage in
        guard case .row(var row) = stage, row.variables.last(where: { $0.extent > 1 })?.extent == 2
        else { return stage }
        row.isRolled = true
        return .row(row)
      })
  }
}
