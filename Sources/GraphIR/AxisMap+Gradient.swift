internal import LoopIR

extension AxisMap {
  /// Returns the gradient of operand `number`, whose extents are `dims`, if the gradient by each
  /// element as it is read is the product of `factors`, read by the axes of `self`.
  package func gradient(_ number: Int, dims: [Int], factors: [Factor]) -> Tensor {
    guard isSolvable(number, dims: dims) else {
      return scattered(number, dims: dims, factors: factors)
    }
    let (map, factors) = transposed(number, dims: dims, factors: factors)
    return joined(map, factors)
  }

  /// The sum of the product of one or two factors over the joined axes of `map`.
  private func joined(_ map: AxisMap, _ factors: [Factor]) -> Tensor {
    let tensors = factors.map(\.tensor)
    let op: any Operation = factors.count == 1 ? Reduce(.sum, map) : Contract(map)
    return tensors[0].builder.apply(op, tensors)[0]
  }

  // True iff each position of the operand can be solved for an axis, as `transposed` does it. The
  // diagonal `(i, i)`, and a position with a negative axis only, cannot.
  private func isSolvable(_ number: Int, dims: [Int]) -> Bool {
    let own = operands[number]
    var plain: Set<Int> = []
    var open: [AxisSum] = []
    for (position, sum) in own.enumerated() {
      guard Set(sum.terms.map(\.axis)).count == sum.terms.count else { return false }
      if let axis = sum.plain, axes[axis].extent == dims[position], plain.insert(axis).inserted {
        continue
      }
      if !sum.terms.isEmpty { open.append(sum) }
    }
    var pivots: [Int] = []
    for sum in open {
      guard let term = pivot(sum, plain.union(pivots)) else { return false }
      pivots.append(term.axis)
    }
    // The other axes of a position must be known when it is solved.
    return zip(open, pivots).enumerated().allSatisfy { place, entry in
      let unknown = pivots[place...]
      return entry.0.terms.allSatisfy { $0.axis == entry.1 || !unknown.contains($0.axis) }
    }
  }

  // For any map: computes the gradient by each element as it is read, and adds it up where it was
  // read.
  private func scattered(_ number: Int, dims: [Int], factors: [Factor]) -> Tensor {
    let used = Set(operands[number].flatMap { $0.terms.map(\.axis) }).sorted()
    let order = used + axes.indices.filter { !used.contains($0) }
    func renumbered(_ sum: AxisSum) -> AxisSum {
      let terms = sum.terms.map { term in
        AxisSum.Term(order.firstIndex(of: term.axis) ?? 0, term.coefficient)
      }
      return AxisSum(terms, offset: sum.offset)
    }
    let map = AxisMap(
      order.map { axes[$0] }, resultRank: used.count,
      operands: factors.map { $0.sums.map(renumbered) })
    let gradient = joined(map, factors)
    let builder = gradient.builder
    let count = dims.reduce(1, *)
    let type = TensorType(count <= 1 << 31 ? .i32 : .i64, map.resultDims)
    // The stride of each axis in row-major order.
    var strides = [Int](repeating: 0, count: used.count)
    var start = 0
    for (sum, extent) in zip(operands[number], dims) {
      strides = strides.map { $0 * extent }
      start = start * extent + sum.offset
      for term in renumbered(sum).terms { strides[term.axis] += term.coefficient }
    }
    let place = strides.enumerated().reduce(builder.constant(Double(start), type)) {
      $0 + builder.apply(Iota(axis: $1.offset, type)) * $1.element
    }
    let flat = gradient.reshaped([gradient.shape.count])
    return builder.apply(
      ScatterAdd(axis: 0, extent: count), place.reshaped([place.shape.count]), flat
    ).reshaped(Shape(dims))
  }
}
