internal import GraphIR
internal import LoopIR
internal import Support

extension GraphPass {
  /// Stores images, and values computed from them, with channels last.
  ///
  ///     %1 = contract %x, %w {[n, c, y, x | i, u, v] (n, i, y+u, x+v) (c, i, u, v)}
  ///     %2 = relu %1
  /// ->
  ///     %1 = contract %x, %w {[n, y, x, c | u, v, i] (n, i, y+u, x+v) (c, i, u, v)}
  ///     %2 = relu %1
  ///     %3 = transpose %2 {0, 3, 1, 2}
  ///
  /// The channels of a pixel are neighbours then: a product of all pixels with the filters reads
  /// them in order, writes them in order, and takes 32 filters at once. Elementwise operations keep
  /// the order of their operands; contractions and reductions read any order; all others get a
  /// transposed view. A value that no contraction or reduction reads keeps the model's order, as it
  /// would only be transposed. Users never see it.
  package static let orderAxes = orderAxes(for: .portable)

  /// The pass for a machine.
  package static func orderAxes(for machine: Machine) -> GraphPass {
    GraphPass(
      "order-axes", "keep images with their channels last",
      each: { graph in
        var orders = AxisOrders(graph, machine)
        let result = Rewriter.run(graph) { rewriter, id in orders.rewrite(id, rewriter) }
        return removeDeadNodes(result)
      })
  }
}

/// The values whose axes are stored in another order than the model's.
private struct AxisOrders {
  /// A stored value: its axis `i` is axis `order[i]` of the model's value.
  private struct Kept {
    let tensor: Tensor
    let order: [Int]
  }

  private let graph: Graph
  private let machine: Machine
  private var kept: [Value: Kept] = [:]
  /// True for each node that is combined with a state elementwise and keeps the state's order,
  /// unless a large product would then store its results far apart.
  private let isAnchored: [Bool]
  /// True for each node whose result a contraction or a reduction reads, through operations that
  /// keep its order.
  private let isReadInAnyOrder: [Bool]

  init(_ graph: Graph, _ machine: Machine) {
    self.graph = graph
    self.machine = machine
    isAnchored = AxisOrders.anchors(graph)
    isReadInAnyOrder = AxisOrders.readInAnyOrder(graph)
  }

  private static func readInAnyOrder(_ graph: Graph) -> [Bool] {
    var result = [Bool](repeating: false, count: graph.nodes.count)
    for id in graph.nodes.ids.reversed() {
      let op = graph[id].op
      guard op is Contract || op is Reduce || result[id.index] && keepsOrder(op) else { continue }
      for operand in graph[id].operands { result[operand.node.index] = true }
    }
    return result
  }

  private static func keepsOrder(_ op: any Operation) -> Bool {
    isElementwise(op) || op is Concat || op is Pad || op is Slice || op is Reshape
      || op is Broadcast
  }

  // Gradients that lead to the update of a parameter.
  private static func anchors(_ graph: Graph) -> [Bool] {
    var result = [Bool](repeating: false, count: graph.nodes.count)
    for id in graph.nodes.ids.reversed() where isElementwise(graph[id].op) {
      let operands = graph[id].operands
      guard result[id.index] || operands.contains(where: { graph[$0.node].op is ReadState })
      else { continue }
      for operand in operands { result[operand.node.index] = true }
    }
    return result
  }

  private static func isElementwise(_ op: any Operation) -> Bool { op is Map || op is Cast }

  /// Returns the results of a node in the model's order, or nil if the node stays as it is.
  mutating func rewrite(_ id: NodeID, _ rewriter: Rewriter) -> [Tensor]? {
    guard let new = reordered(id, rewriter) else { return nil }
    if new.order == Array(new.order.indices) { return [new.tensor] }
    kept[Value(id)] = new
    return [back(new, rewriter)]
  }

  private mutating func reordered(_ id: NodeID, _ rewriter: Rewriter) -> Kept? {
    let node = graph[id]
    switch node.op {
    case let op as Contract: return contract(id, op, rewriter)
    case let op as Reduce: return reduce(node, op, rewriter)
    case let op where AxisOrders.isElementwise(op):
      guard !meetsState(id), let order = commonOrder(node) else { return nil }
      let operands = node.operands.map { tensor($0, in: order, rewriter) }
      return Kept(tensor: rewriter.apply(op, operands)[0], order: order)
    case let op as Concat:
      guard let order = commonOrder(node), let axis = order.firstIndex(of: op.axis) else {
        return nil
      }
      let operands = node.operands.map { tensor($0, in: order, rewriter) }
      return Kept(tensor: rewriter.apply(Concat(axis: axis), operands)[0], order: order)
    case let op as Pad:
      return moved(node, rewriter) { order in Pad(order.map { op.parts[$0] }, value: op.value) }
    case let op as Slice:
      return moved(node, rewriter) { order in Slice(order.map { op.parts[$0] }) }
    case let op as Reshape: return reshape(node, op, rewriter)
    case let op as Broadcast: return broadcast(node, op, rewriter)
    default: return nil
    }
  }

  private func meetsState(_ id: NodeID) -> Bool {
    isAnchored[id.index] || graph[id].operands.contains { graph[$0.node].op is ReadState }
  }

  private func commonOrder(_ node: Node) -> [Int]? {
    node.operands.lazy.compactMap { kept[$0]?.order }.first
  }

  private func moved(
    _ node: Node, _ rewriter: Rewriter, _ op: ([Int]) -> any Operation
  ) -> Kept? {
    guard let operand = kept[node.operands[0]] else { return nil }
    return Kept(
      tensor: rewriter.apply(op(operand.order), [operand.tensor])[0], order: operand.order)
  }

  private func tensor(_ value: Value, in order: [Int], _ rewriter: Rewriter) -> Tensor {
    if let own = kept[value], own.order == order { return own.tensor }
    return rewriter.apply(Transpose(order), [rewriter.tensor(value)])[0]
  }

  private func back(_ kept: Kept, _ rewriter: Rewriter) -> Tensor {
    var axes = kept.order
    for (i, axis) in kept.order.enumerated() { axes[axis] = i }
    return rewriter.apply(Transpose(axes), [kept.tensor])[0]
  }
}

// Broadcasts, whose new axes come before the contiguous ones.
extension AxisOrders {
  private func broadcast(_ node: Node, _ op: Broadcast, _ rewriter: Rewriter) -> Kept? {
    guard let operand = kept[node.operands[0]], let last = operand.order.last else { return nil }
    let target = node.types[0].dims
    let new = target.indices.filter { !op.axes.contains($0) }
    let order = operand.order.dropLast().map { op.axes[$0] } + new + [op.axes[last]]
    let axes = operand.order.map { axis in order.firstIndex(of: op.axes[axis]) ?? 0 }
    let shape = Shape(order.map { target[$0] })
    return Kept(
      tensor: rewriter.apply(Broadcast(to: shape, axes: axes), [operand.tensor])[0], order: order)
  }
}

// Contractions and reductions, which read operands in any order.
extension AxisOrders {
  private mutating func contract(_ id: NodeID, _ op: Contract, _ rewriter: Rewriter) -> Kept? {
    let node = graph[id]
    let image = node.operands.indices.first { isImage(op.map, $0, node.operands[$0]) }
    guard let image, !isAnchored[id.index] || hasKept(node) else { return nil }
    let map = op.map
    let isRead = isReadInAnyOrder[id.index] || isAnchored[id.index]
    let isTurned = turn(node.operands[image], map, image, isRead: isRead, rewriter)
    guard isRead || isTurned || hasKept(node) else { return nil }
    let own = Set(map.operands[image].flatMap { $0.terms.map(\.axis) })
    let other = Set(map.operands[1 - image].flatMap { $0.terms.map(\.axis) })
    let inOrder = axes(of: map, image, node.operands[image])
    var order = Array(0..<map.resultRank)
    let rows = inOrder.filter { $0 < map.resultRank && !other.contains($0) }
    let both = inOrder.filter { $0 < map.resultRank && other.contains($0) }
    let columns = axes(of: map, 1 - image, node.operands[1 - image]).filter {
      $0 < map.resultRank && !own.contains($0)
    }
    let best = rows + both + columns
    let byFirst = [0] + best.filter { $0 != 0 }
    if !isAnchored[id.index] {
      if isRead || isTurned { order = best }
    } else if isLargeAndTurned(map, order: byFirst) {
      order = byFirst
    }
    let joined = (map.resultRank..<map.axes.count).filter { !inOrder.contains($0) }
    let new = permuted(map, order + joined + inOrder.filter { $0 >= map.resultRank }, node)
    let operands = node.operands.map { kept[$0]?.tensor ?? rewriter.tensor($0) }
    return Kept(tensor: rewriter.apply(Contract(new), operands)[0], order: order)
  }

  // Stores an image with its channels last, if each of them has a filter of its own, and returns
  // true iff it has been turned. A sum over channels is as fast in any order; without one, channels
  // are what vectors are made of, unless rows are long enough for that and nothing else gains.
  private mutating func turn(
    _ image: Value, _ map: AxisMap, _ number: Int, isRead: Bool, _ rewriter: Rewriter
  ) -> Bool {
    let sums = map.operands[number]
    guard kept[image] == nil, let last = sums.last, last.terms.count > 1,
      let row = last.terms.first(where: { $0.axis < map.resultRank }),
      isRead || map.axes[row.axis].extent < machine.planes.leastLong
    else { return false }
    let windows = Set(sums.filter { $0.terms.count > 1 }.flatMap { $0.terms.map(\.axis) })
    let filter = Set(map.operands[1 - number].flatMap { $0.terms.map(\.axis) })
      .filter { map.axes[$0].extent > 1 && !windows.contains($0) }
    guard filter.count == 1, let channel = filter.first, channel < map.resultRank,
      map.axes[channel].extent >= machine.blocks.leastLong,
      let axis = sums.firstIndex(where: { $0.plain == channel })
    else { return false }
    let order = sums.indices.filter { $0 != axis } + [axis]
    let turned = rewriter.apply(Transpose(order), [rewriter.tensor(image)])[0]
    kept[image] = Kept(tensor: turned, order: order)
    return true
  }

  // True iff a result is so large that it is better stored in its own order than in that of a state
  // it is combined with: a separate kernel then finds all filters of a channel in cache.
  private func isLargeAndTurned(_ map: AxisMap, order: [Int]) -> Bool {
    let long = order.filter { map.axes[$0].extent > 1 }
    return long.last != long.max()
      && map.resultDims.reduce(1, *) >= machine.caches.ownElements
  }

  private func hasKept(_ node: Node) -> Bool { node.operands.contains { kept[$0] != nil } }

  // True iff an operand is read as an image is: by windows that move along two axes of the result
  // or more, or if it is already stored in such an order.
  private func isImage(_ map: AxisMap, _ number: Int, _ operand: Value) -> Bool {
    if kept[operand] != nil { return true }
    let moving = map.operands[number].filter { sum in
      sum.terms.count > 1 && sum.terms.contains { $0.axis < map.resultRank }
    }
    return moving.count > 1
  }

  // The axes of a map in the order in which an operand has them.
  private func axes(of map: AxisMap, _ number: Int, _ operand: Value) -> [Int] {
    let sums = map.operands[number]
    let order = kept[operand]?.order ?? Array(sums.indices)
    var result: [Int] = []
    for axis in order {
      for term in sums[axis].terms where !result.contains(term.axis) { result.append(term.axis) }
    }
    return result
  }

  private func reduce(_ node: Node, _ op: Reduce, _ rewriter: Rewriter) -> Kept? {
    guard let operand = kept[node.operands[0]] else { return nil }
    let map = op.map
    let inOrder = axes(of: map, 0, node.operands[0])
    let order = inOrder.filter { $0 < map.resultRank }
    let missing = (0..<map.resultRank).filter { !order.contains($0) }
    var joined = Array(map.resultRank..<map.axes.count)
    switch op.monoid {
    // Positions are counted in the order of the model's axes.
    case .argMaximum, .argMinimum: break
    case .sum, .product, .maximum, .minimum, .any, .all:
      joined = joined.filter { !inOrder.contains($0) } + inOrder.filter { $0 >= map.resultRank }
    }
    let new = permuted(map, missing + order + joined, node)
    return Kept(
      tensor: rewriter.apply(Reduce(op.monoid, new), [operand.tensor])[0], order: missing + order)
  }

  // The map with its axes in another order, for operands as they are kept.
  private func permuted(_ map: AxisMap, _ order: [Int], _ node: Node) -> AxisMap {
    var places = order
    for (i, axis) in order.enumerated() { places[axis] = i }
    let operands = zip(map.operands, node.operands).map { sums, operand in
      (kept[operand]?.order ?? Array(sums.indices)).map { axis in
        AxisSum(
          sums[axis].terms.map { .init(places[$0.axis], $0.coefficient) },
          offset: sums[axis].offset)
      }
    }
    return AxisMap(order.map { map.axes[$0] }, resultRank: map.resultRank, operands: operands)
  }
}

// Reshapes that only split or merge axes that are neighbours in either order.
extension AxisOrders {
  private func reshape(_ node: Node, _ op: Reshape, _ rewriter: Rewriter) -> Kept? {
    guard let operand = kept[node.operands[0]] else { return nil }
    let source = graph.type(node.operands[0]).dims
    let target = op.shape.dims
    guard let parts = AxisOrders.parts(source, target) else { return nil }
    var order: [Int] = []
    var next = 0
    while next < operand.order.count {
      guard let part = parts.first(where: { $0.source.contains(operand.order[next]) }) else {
        return nil
      }
      let end = next + part.source.count
      guard end <= operand.order.count,
        Array(operand.order[next..<end]) == Array(part.source)
      else { return nil }
      order += part.target
      next = end
    }
    let new = Reshape(to: Shape(order.map { target[$0] }))
    return Kept(tensor: rewriter.apply(new, [operand.tensor])[0], order: order)
  }

  // The axes on both sides that have the same elements; nil if some are only on one side.
  private static func parts(_ source: [Int], _ target: [Int])
    -> [(source: Range<Int>, target: Range<Int>)]?
  {
    var result: [(source: Range<Int>, target: Range<Int>)] = []
    var (i, j) = (0, 0)
    while i < source.count && j < target.count {
      let (firstSource, firstTarget) = (i, j)
      var (m, n) = (source[i], target[j])
      i += 1
      j += 1
      while m != n {
        if m < n {
          guard i < source.count else { return nil }
          m *= source[i]
          i += 1
        } else {
          guard j < target.count else { return nil }
          n *= target[j]
          j += 1
        }
      }
      result.append((firstSource..<i, firstTarget..<j))
    }
    // Axes of extent 1 left at the end of one side belong to the last part.
    guard let last = result.popLast() else { return nil }
    result.append(
      (last.source.lowerBound..<source.count, last.target.lowerBound..<target.count))
    return result
  }
}
