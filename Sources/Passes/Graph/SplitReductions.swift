internal import GraphIR
internal import LoopIR

extension GraphPass {
  /// Splits a reduction with few results and many elements into two, so that threads can share the
  /// first.
  ///
  ///     %1 = reduce %0 {sum [ | n=4096, i=512] (n, i)} : f32[]
  /// ->
  ///     %1 = reduce %0 {sum [n=4096 | i=512] (n, i)} : f32[4096]
  ///     %2 = reduce %1 {sum [ | n=4096] (n)} : f32[]
  ///
  /// A sum of products with one block or a few is split as well, such as the gradient of a first
  /// layer's filters, by image.
  ///
  /// Only shapes decide, so the order of additions does not depend on threads.
  package static let splitReductions = splitReductions(for: .portable)

  /// The pass for a machine.
  package static func splitReductions(for machine: Machine) -> GraphPass {
    GraphPass(
      "split-reductions", "split long reductions between threads",
      each: { graph in
        Rewriter.run(graph) { rewriter, id in
          switch graph[id].op {
          case let reduce as Reduce:
            guard let axis = axisToSplit(reduce, machine) else { return nil }
            return [split(reduce, at: axis, of: rewriter.operands(id)[0], rewriter)]
          case let contract as Contract:
            guard let axis = axisToSplit(contract, machine) else { return nil }
            return [split(contract, at: axis, of: rewriter.operands(id), rewriter)]
          default: return nil
          }
        }
      })
  }
}

// The outermost of the reduced axes in memory, so that the elements of a part are neighbours, or
// the longest one if there would be too few parts: a reduction is split if it has too few results
// to share and many elements.
private func axisToSplit(_ reduce: Reduce, _ machine: Machine) -> Int? {
  switch reduce.monoid {
  case .argMaximum, .argMinimum: return nil
  case .sum, .product, .maximum, .minimum, .any, .all: break
  }
  let map = reduce.map
  let few = machine.sharing.enoughIterations
  let results = map.resultDims.reduce(1, *)
  guard results <= few,
    map.axes.reduce(1, { $0 * $1.extent }) >= machine.reductions.manyElements,
    map.operands[0].allSatisfy({ $0.plain != nil })
  else { return nil }
  guard let longest = longest(map) else { return nil }
  let inMemory = map.operands[0].compactMap(\.plain)
  if let outermost = inMemory.first(where: { $0 >= map.resultRank && map.axes[$0].extent > 1 }),
    results * map.axes[outermost].extent >= few
  {
    return outermost
  }
  return map.axes[longest].extent >= few ? longest : nil
}

// The longest of the reduced axes, if there are others.
private func longest(_ map: AxisMap) -> Int? {
  guard map.joinedAxes.count > 1 else { return nil }
  return (map.resultRank..<map.axes.count).max { a, b in
    map.axes[a].extent < map.axes[b].extent
  }
}

// The positions of an operand, for axes in another order.
private func moved(_ sums: [AxisSum], _ order: [Int]) -> [AxisSum] {
  sums.map { sum in
    AxisSum(
      sum.terms.map { .init(order.firstIndex(of: $0.axis) ?? 0, $0.coefficient) },
      offset: sum.offset)
  }
}

// Sums of products are split if few blocks of results have many products each.
private func axisToSplit(_ contract: Contract, _ machine: Machine) -> Int? {
  let map = contract.map
  let results = map.resultDims.reduce(1, *)
  let products = map.joinedAxes.reduce(1) { $0 * $1.extent }
  let limits = machine.reductions
  guard results <= limits.fewProductSums, products >= limits.manyProducts, let axis = longest(map),
    (machine.sharing.enoughIterations...limits.mostParts).contains(map.axes[axis].extent)
  else { return nil }
  return axis
}

private func split(
  _ contract: Contract, at axis: Int, of factors: [Tensor], _ rewriter: Rewriter
) -> Tensor {
  let map = contract.map
  // The axis moves before those of the result.
  let order = [axis] + map.axes.indices.filter { $0 != axis }
  let operands = map.operands.map { moved($0, order) }
  let rank = map.resultRank
  let inner = AxisMap(order.map { map.axes[$0] }, resultRank: rank + 1, operands: operands)
  let outer = AxisMap(
    Array(inner.axes[1...rank]) + [inner.axes[0]], resultRank: rank,
    operands: [[.axis(rank)] + (0..<rank).map { .axis($0) }])
  let type = factors[0].elementType
  let partial = rewriter.apply(Contract(inner), factors.map { $0.cast(to: type.computed) })
  return rewriter.apply(Reduce(.sum, outer), partial)[0].cast(to: type)
}

private func split(_ reduce: Reduce, at axis: Int, of x: Tensor, _ rewriter: Rewriter) -> Tensor {
  let map = reduce.map
  let rank = map.resultRank
  // The axis moves after those of the result.
  var order = Array(map.axes.indices)
  order.remove(at: axis)
  order.insert(axis, at: rank)
  let inner = AxisMap(
    order.map { map.axes[$0] }, resultRank: rank + 1, operands: [moved(map.operands[0], order)])
  let outer = AxisMap(
    Array(inner.axes[...rank]), resultRank: rank, operands: [(0...rank).map { .axis($0) }])
  // Parts of sums of 16-bit floats are kept in f32.
  let partial = rewriter.apply(
    Reduce(reduce.monoid, inner), [x.cast(to: x.elementType.computed)])
  return rewriter.apply(Reduce(reduce.monoid, outer), partial)[0].cast(to: x.elementType)
}
