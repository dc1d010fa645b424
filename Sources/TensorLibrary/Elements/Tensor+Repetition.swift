public import GraphIR

/// The coordinates of a grid: vector `i` repeated along all axes of a grid except axis `i`.
public func meshgrid(_ vectors: [Tensor]) -> [Tensor] {
  guard let first = vectors.first else { return [] }
  let failed = vectors.map { _ in first.builder.poison() }
  guard vectors.allSatisfy({ $0.value != nil }), Tensor.together(vectors, "meshgrid") else {
    return failed
  }
  if let other = vectors.first(where: { $0.rank != 1 }) {
    first.builder.fail(.needsRank("meshgrid", "1", "the operand", other.type), operands: vectors)
    return failed
  }
  let shape = Shape(vectors.map(\.shape.count))
  return vectors.enumerated().map { $1.broadcast(to: shape, axes: [$0]) }
}

extension Tensor {
  /// The whole tensor repeated along each axis; counts are aligned at the last axis.
  public func tiled(_ counts: [Int]) -> Tensor {
    guard value != nil else { return self }
    if let bad = counts.first(where: { $0 < 1 }) {
      builder.fail(.positive("tiled", "count", bad), operands: [self])
      return builder.poison()
    }
    let all = Swift.max(rank, counts.count)
    let dims = Array(repeating: 1, count: all - rank) + shape.dims
    let times = Array(repeating: 1, count: all - counts.count) + counts
    // Inserts an axis for the copies before each axis.
    let pairs = zip(times, dims).flatMap { [$0, $1] }
    let own = (0..<rank).map { 2 * ($0 + all - rank) + 1 }
    return broadcast(to: Shape(pairs), axes: own).reshaped(Shape(zip(times, dims).map { $0 * $1 }))
  }

  /// Each element of an axis repeated, as `a a b b c c`.
  public func repeatedEach(_ count: Int, axis: Int = -1) -> Tensor {
    guard let axis = self.axis(axis, of: "repeatedEach") else { return builder.poison() }
    guard count > 0 else {
      builder.fail(.positive("repeatedEach", "count", count), operands: [self])
      return builder.poison()
    }
    if count == 1 { return self }
    var dims = shape.dims
    let wide = Shape(dims[...axis] + [count] + dims[(axis + 1)...])
    dims[axis] *= count
    let own = (0..<rank).map { $0 <= axis ? $0 : $0 + 1 }
    return broadcast(to: wide, axes: own).reshaped(Shape(dims))
  }

  /// Each element of an axis repeated as often as the number at its place says, which may be 0.
  public func repeatedEach(_ counts: [Int], axis: Int = -1) -> Tensor {
    guard let axis = self.axis(axis, of: "repeatedEach") else { return builder.poison() }
    let positions = counts.enumerated().flatMap { Array(repeating: $0, count: Swift.max($1, 0)) }
    guard counts.count == shape[axis], counts.allSatisfy({ $0 >= 0 }), !positions.isEmpty else {
      builder.fail(.repetitions(counts, axis, type), operands: [self])
      return builder.poison()
    }
    return gather(builder.integers(positions), axis: axis)
  }
}
