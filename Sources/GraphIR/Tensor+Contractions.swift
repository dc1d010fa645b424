package import LoopIR

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
    // Batch axes that one operand lacks, or has once, are simply not read there.
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

  /// A convolution of `[n, c, y, x]` with a weight `[out, c / groups, u, v]`; the input is padded
  /// already.
  package func convolved(
    _ weight: Tensor, stride: (Int, Int), dilation: (Int, Int), groups: Int
  ) -> Tensor {
    guard value != nil, weight.value != nil else { return builder.poison() }
    guard Tensor.together([self, weight], "conv2d") else { return builder.poison() }
    func fail(_ error: TypeError) -> Tensor {
      builder.fail(error, operands: [self, weight])
      return builder.poison()
    }
    guard rank == 4 else { return fail(.needsRank("conv2d", "4", "the input", type)) }
    guard weight.rank == 4 else {
      return fail(.needsRank("conv2d", "4", "the weight", weight.type))
    }
    let (n, c, out) = (shape[0], shape[1], weight.shape[0])
    guard c % groups == 0 else { return fail(.groups(groups, "input channels", c)) }
    guard out % groups == 0 else { return fail(.groups(groups, "output channels", out)) }
    guard weight.shape[1] == c / groups else {
      return fail(.innerSizes("conv2d", c, type, weight.shape[1] * groups, weight.type))
    }
    let window = (
      (weight.shape[2] - 1) * dilation.0 + 1, (weight.shape[3] - 1) * dilation.1 + 1
    )
    guard window.0 <= shape[2] else {
      return fail(.windowTooLarge("conv2d", window.0, shape[2], type))
    }
    guard window.1 <= shape[3] else {
      return fail(.windowTooLarge("conv2d", window.1, shape[3], type))
    }
    let (y, x) = ((shape[2] - window.0) / stride.0 + 1, (shape[3] - window.1) / stride.1 + 1)
    // Axes: n g c y x | i u v, without g if there is one group.
    let axes = [
      Axis("n", n), Axis("g", groups), Axis("c", out / groups), Axis("y", y), Axis("x", x),
      Axis("i", c / groups), Axis("u", weight.shape[2]), Axis("v", weight.shape[3]),
    ]
    let row = AxisSum([.init(3, stride.0), .init(6, dilation.0)])
    let column = AxisSum([.init(4, stride.1), .init(7, dilation.1)])
    if groups == 1 {
      func without(_ sum: AxisSum) -> AxisSum {
        AxisSum(sum.terms.map { .init($0.axis > 1 ? $0.axis - 1 : $0.axis, $0.coefficient) })
      }
      let left = [.axis(0), .axis(5), row, column].map(without)
      let right: [AxisSum] = [.axis(2), .axis(5), .axis(6), .axis(7)].map(without)
      let map = AxisMap(
        axes.filter { $0.name != "g" }, resultRank: 4, operands: [left, right])
      return builder.apply(Contract(map), self, weight)
    }
    let input = reshaped([n, groups, c / groups, shape[2], shape[3]])
    let filter = weight.reshaped(Shape([groups, out / groups] + weight.shape.dims.dropFirst()))
    let map = AxisMap(
      axes, resultRank: 5,
      operands: [
        [.axis(0), .axis(1), .axis(5), row, column],
        [.axis(1), .axis(2), .axis(5), .axis(6), .axis(7)],
      ])
    return builder.apply(Contract(map), input, filter).reshaped([n, out, y, x])
  }

  /// Windows of an image `[n, c, y, x]` joined; the input is padded already.
  package func pooled(
    _ monoid: Monoid, window: (Int, Int), stride: (Int, Int), dilation: (Int, Int) = (1, 1)
  ) -> Tensor {
    guard value != nil else { return self }
    guard rank == 4 else {
      builder.fail(.needsRank("pooling", "4", "the input", type), operands: [self])
      return builder.poison()
    }
    let reach = ((window.0 - 1) * dilation.0 + 1, (window.1 - 1) * dilation.1 + 1)
    for (extent, size) in [(shape[2], reach.0), (shape[3], reach.1)] where size > extent {
      builder.fail(.windowTooLarge("pooling", size, extent, type), operands: [self])
      return builder.poison()
    }
    let (y, x) = ((shape[2] - reach.0) / stride.0 + 1, (shape[3] - reach.1) / stride.1 + 1)
    let axes = [
      Axis("n", shape[0]), Axis("c", shape[1]), Axis("y", y), Axis("x", x),
      Axis("u", window.0), Axis("v", window.1),
    ]
    let map = AxisMap(
      axes, resultRank: 4,
      operands: [
        [
          .axis(0), .axis(1), AxisSum([.init(2, stride.0), .init(4, dilation.0)]),
          AxisSum([.init(3, stride.1), .init(5, dilation.1)]),
        ]
      ])
    return builder.apply(Reduce(monoid, map), self)
  }
}
