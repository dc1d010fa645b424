internal import LoopIR

/// The operations of the graph IR. To add one, write its file and name it here.
package enum OperationList {
  /// All of them; text knows an operation by its `word`.
  package static let all: [any Operation.Type] = [
    Map.self,
    Cast.self,
    Reshape.self,
    Transpose.self,
    Broadcast.self,
    Slice.self,
    Pad.self,
    Concat.self,
    Reduce.self,
    Contract.self,
    Gather.self,
    ScatterAdd.self,
    Cholesky.self,
    TriangularSolve.self,
    LU.self,
    Solve.self,
    QR.self,
    SymmetricEigen.self,
    SVD.self,
    PseudoInverse.self,
    TakeAlongAxis.self,
    Scatter.self,
    DynamicSlice.self,
    DynamicUpdate.self,
    ArgSort.self,
    SearchSorted.self,
    Cumulative.self,
    Recurrence.self,
    NonMaximumSuppression.self,
    EditDistance.self,
    Constant.self,
    Iota.self,
    Input.self,
    ReadState.self,
    WriteState.self,
    Gradient.self,
    StopGradient.self,
    CustomGradient.self,
    Scan.self,
    While.self,
    Cond.self,
    KernelOp.self,
  ]

  private static let byWord = Dictionary(uniqueKeysWithValues: all.map { ($0.word, $0) })

  /// Returns the operation that a word in text means, or nil; scalar functions are maps.
  package static func named(_ word: String) -> (any Operation.Type)? {
    if ScalarFunction(rawValue: word) != nil { return Map.self }
    return word == Map.word ? nil : byWord[word]
  }
}
