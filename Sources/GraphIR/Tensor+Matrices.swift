internal import LoopIR

// Matrices are the last two axes.
extension Tensor {
  /// True iff there are two axes, of equal extents if they must be `square`; reports it otherwise.
  package func isMatrix(_ op: String, square: Bool = false, real: Bool = false) -> Bool {
    guard value != nil else { return false }
    guard rank >= 2 else {
      builder.fail(.needsRank(op, "at least 2", "the operand", type), operands: [self])
      return false
    }
    if square, shape[-1] != shape[-2] {
      builder.fail(.notSquare(op, type), operands: [self])
      return false
    }
    guard real, elementType != .f32, elementType != .f64 else { return true }
    builder.fail(.matrixElement(op, type), operands: [self])
    return false
  }

  /// One matrix with 1 on its diagonal, of the size of those of `self`.
  package func identityMatrix() -> Tensor {
    guard value != nil else { return self }
    let type = TensorType(.i32, Array(shape.dims.suffix(2)))
    let (row, column) = (builder.apply(Iota(axis: 0, type)), builder.apply(Iota(axis: 1, type)))
    return (row .== column).cast(to: elementType)
  }
}
