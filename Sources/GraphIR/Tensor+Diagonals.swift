internal import LoopIR

extension Tensor {
  /// The elements whose position on the second of two axes is `offset` larger than on the first;
  /// the diagonal becomes the last axis.
  public func diagonal(offset: Int = 0, axes: (Int, Int) = (-2, -1)) -> Tensor {
    guard let plane = self.axes([axes.0, axes.1], of: "diagonal") else { return builder.poison() }
    let others = (0..<rank).filter { !plane.contains($0) }
    let (rows, columns) = (shape[plane[0]], shape[plane[1]])
    let count = offset < 0 ? Swift.min(rows + offset, columns) : Swift.min(rows, columns - offset)
    guard count > 0 else {
      builder.fail(.diagonal(offset, rows, columns, type), operands: [self])
      return builder.poison()
    }
    // In row-major order the elements of a diagonal are one row and one element apart.
    let outer = others.map { shape[$0] }
    let flat = transposed(others + plane).reshaped(Shape(outer + [rows * columns]))
    let start = offset < 0 ? -offset * columns : offset
    return flat.sliced(
      outer.map { Slice.Part(start: 0, count: $0) }
        + [Slice.Part(start: start, step: columns + 1, count: count)])
  }

  /// Square matrices that have the last axis on a diagonal and zeros elsewhere.
  public func diagonalEmbedded(offset: Int = 0) -> Tensor {
    guard value != nil else { return self }
    guard rank >= 1 else {
      builder.fail(
        .needsRank("diagonalEmbedded", "at least 1", "the operand", type), operands: [self])
      return builder.poison()
    }
    let count = shape[-1]
    let size = count + abs(offset)
    let start = offset < 0 ? -offset * size : offset
    let spread = (count - 1) * (size + 1) + 1
    let outer = shape.dims.dropLast()
    let parts = outer.map { _ in Pad.Part(low: 0, high: 0) }
    let diagonal = Pad.Part(low: start, high: size * size - start - spread, interior: size)
    return padded(parts + [diagonal], value: 0).reshaped(Shape(outer + [size, size]))
  }

  /// The matrices of the last two axes with zeros above a diagonal.
  public func lowerTriangle(offset: Int = 0) -> Tensor {
    triangle("lowerTriangle") { columns, rows in columns .<= rows + offset }
  }

  /// The matrices of the last two axes with zeros below a diagonal.
  public func upperTriangle(offset: Int = 0) -> Tensor {
    triangle("upperTriangle") { columns, rows in columns .>= rows + offset }
  }

  private func triangle(_ name: String, _ isKept: (Tensor, Tensor) -> Tensor) -> Tensor {
    guard value != nil else { return self }
    guard rank >= 2 else {
      builder.fail(.needsRank(name, "at least 2", "the operand", type), operands: [self])
      return builder.poison()
    }
    let plane = TensorType(.i32, Shape(shape.dims.suffix(2)))
    let columns = builder.apply(Iota(axis: 1, plane))
    let rows = builder.apply(Iota(axis: 0, plane))
    return select(isKept(columns, rows), self, filled(0))
  }
}
