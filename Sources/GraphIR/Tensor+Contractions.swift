extension Tensor {
  /// The matrix product over the last two axes; the axes before are broadcast.
  public func matmul(_ other: Tensor) -> Tensor {
    guard value != nil, other.value != nil else { return builder.poison() }
    guard Tensor.together([self, other], "matmul") else { return builder.poison() }
    let (a, b) = (self, other)
    guard a.rank >= 2, b.rank >= 2 else {
      let (name, bad) = a.rank < 2 ? ("the left operand", a) : ("the right operand", b)
      builder.fail(.needsRank("matmul", "at least 2", name, bad.type), operands: [a, b])
      return builder.poison()
    }
    guard a.shape[-1] == b.shape[-2] else {
      builder.fail(
        .innerSizes("matmul", a.shape[-1], a.type, b.shape[-2], b.type), operands: [a, b])
      return builder.poison()
    }
    guard a.elementType == b.elementType else {
      builder.fail(.elementTypesDiffer("matmul", a.type, b.type), operands: [a, b])
      return builder.poison()
    }
    let (outerA, outerB) = (Shape(a.shape.dims.dropLast(2)), Shape(b.shape.dims.dropLast(2)))
    guard let outer = Shape.broadcast(outerA, outerB) else {
      builder.fail(.cannotBroadcast("matmul", a.type, b.type), operands: [a, b])
      return builder.poison()
    }
    // A batch axis that one operand lacks, or has with extent 1, is not read there.
    let rank = outer.rank
    var axes = outer.dims.enumerated().map { Axis(rank == 1 ? "b" : "b\($0)", $1) }
    axes += [Axis("n", a.shape[-2]), Axis("j", b.shape[-1]), Axis("i", a.shape[-1])]
    func batch(_ own: Shape) -> [Int] { Array((rank - own.rank)..<rank) }
    let keptA = batch(outerA).filter { outerA[$0 - rank] == outer.dims[$0] }
    let keptB = batch(outerB).filter { outerB[$0 - rank] == outer.dims[$0] }
    let left = a.reshaped(Shape(keptA.map { outer.dims[$0] } + a.shape.dims.suffix(2)))
    let right = b.reshaped(Shape(keptB.map { outer.dims[$0] } + b.shape.dims.suffix(2)))
    let map = AxisMap(
      axes, resultRank: rank + 2,
      operands: [
        (keptA + [rank, rank + 2]).map { .axis($0) },
        (keptB + [rank + 2, rank + 1]).map { .axis($0) },
      ])
    return builder.apply(Contract(map), left, right)
  }

  /// The product `x · wᵀ` of PyTorch's Linear: `w` is [out, in], the last axis of `self` is `in`.
  package func linear(_ weight: Tensor) -> Tensor {
    guard value != nil, weight.value != nil else { return builder.poison() }
    guard Tensor.together([self, weight], "Dense") else { return builder.poison() }
    guard rank >= 1 else {
      builder.fail(.needsRank("Dense", "at least 1", "the input", type), operands: [self, weight])
      return builder.poison()
    }
    guard shape[-1] == weight.shape[-1] else {
      builder.fail(
        .innerSizes("Dense", shape[-1], type, weight.shape[-1], weight.type),
        operands: [self, weight])
      return builder.poison()
    }
    let outer = shape.dims.dropLast()
    var axes = outer.enumerated().map { Axis($0 == 0 ? "n" : "t\($0)", $1) }
    axes += [Axis("j", weight.shape[0]), Axis("i", shape[-1])]
    let n = outer.count
    let map = AxisMap(
      axes, resultRank: n + 1,
      operands: [((0..<n) + [n + 1]).map { .axis($0) }, [.axis(n), .axis(n + 1)]])
    return builder.apply(Contract(map), self, weight)
  }
}
