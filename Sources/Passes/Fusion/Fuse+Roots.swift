internal import GraphIR
internal import LoopIR
internal import Support

// Step 1 of fusion: which values get an array.
extension Fusion {
  // The roots that a value is computed for, as far as needed.
  private enum Homes {
    case none
    case one(NodeID)
    case many

    mutating func add(_ other: Homes) {
      switch (self, other) {
      case (.none, _): self = other
      case (_, .none): break
      case (.one(let a), .one(let b)) where a == b: break
      default: self = .many
      }
    }
  }

  /// Gives an array to each value that is computed.
  mutating func makeEachRoot() {
    for id in graph.nodes.ids
    where isWork(id) || beginsGroup(id, finishes: false, shares: false) {
      groupOf[id] = groups.append(FusionGroup(roots: [id]))
    }
  }

  mutating func findRoots() {
    var homes = [Homes](repeating: .none, count: graph.nodes.count)
    var needsArray = [Bool](repeating: false, count: graph.nodes.count)
    var isRoot = [Bool](repeating: false, count: graph.nodes.count)
    var isShared = isRoot  // Values that are roots only because several others need them.
    let (finishing, sharing, spread) = (finishesReduction(), sharesWork(), isSpread())
    // Users come before what they use.
    for id in graph.nodes.ids.reversed() where role(id) != .boundary {
      for user in users[id.index] {
        homes[id.index].add(isRoot[user.index] ? .one(user) : homes[user.index])
      }
      let begins =
        (needsArray[id.index] || spread[id.index]) && isWork(id)
        || isReplaced(id, over: isRoot)
        || beginsGroup(
          id, finishes: finishing[id.index], shares: sharing[id.index])
      if case .many = homes[id.index], isWork(id), !begins { isShared[id.index] = true }
      isRoot[id.index] = begins || isShared[id.index]
      let replaces = isRoot[id.index] && graph[id].op is any PartialUpdate
      for (i, operand) in graph[id].operands.enumerated() {
        if demandsArray(id, of: operand.node) || (replaces && i > 0) || borders.contains(id)
          || (role(id) == .view && needsArray[id.index] && !isRoot[id.index])
        {
          needsArray[operand.node.index] = true
        }
      }
    }
    limitExpressions(&isRoot)
    for id in graph.nodes.ids where isRoot[id.index] {
      // Now that all other roots are known, a value that several kernels need may be cheap to
      // compute in each.
      if isShared[id.index], isCheapToRepeat(id, over: isRoot) {
        isRoot[id.index] = false
        continue
      }
      groupOf[id] = groups.append(FusionGroup(roots: [id]))
      if graph[id].op is any PartialUpdate, isArray(graph[id].operands[0].node) {
        replacing.insert(id)
      }
    }
  }

  // True iff another root is this value, an array, with a part replaced.
  private func isReplaced(_ id: NodeID, over isRoot: [Bool]) -> Bool {
    graph[id].op is any PartialUpdate
      && users[id.index].contains { user in
        isRoot[user.index] && graph[user].op is any PartialUpdate
          && graph[user].operands[0].node == id
      }
  }

  private func isWork(_ id: NodeID) -> Bool {
    switch role(id) {
    case .choice, .map: true
    case .boundary, .view, .reduce, .contract, .opaque, .control: false
    }
  }

  private func beginsGroup(_ id: NodeID, finishes: Bool, shares: Bool) -> Bool {
    switch role(id) {
    case .boundary: return false
    case .reduce, .contract, .opaque, .control: return true
    case .view:
      // As a rule a change of index costs nothing and needs no array, unless it is an output.
      return isScatteredFactor(id) || isTurnedImage(id)
        || isOutput[id.index] && !isReshapeOfArray(id)
    case .choice, .map:
      if isOutput[id.index] { return true }
      if finishes, users[id.index].contains(where: { [.reduce, .choice].contains(role($0)) }) {
        return true
      }
      return shares && users[id.index].contains { role($0) == .choice }
    }
  }

  private func isReshapeOfArray(_ id: NodeID) -> Bool {
    guard graph[id].op is Reshape else { return false }
    switch role(graph[id].operands[0].node) {
    case .boundary, .reduce, .contract, .opaque, .control: return true
    case .map, .view, .choice: return false
    }
  }

  /// True iff operands must be arrays, because elements are read many times, or in the operation's
  /// own loops.
  private func demandsArray(_ id: NodeID, of operand: NodeID) -> Bool {
    switch graph[id].op {
    case is Contract: return !isScaledState(operand) && !borders.contains(operand)
    case let reduce as Reduce:
      let reads = reduce.map.axes.reduce(1) { $0 * $1.extent }
      return reads > graph.type(graph[id].operands[0]).shape.count
    default: return role(id) == .opaque || role(id) == .control
    }
  }

  // True iff the value is a parameter times something: it is computed while it is packed.
  private func isScaledState(_ id: NodeID) -> Bool {
    guard graph[id].op as? Map == Map(.multiply), users[id.index].count == 1 else { return false }
    return graph[id].operands.contains { graph[$0.node].op is ReadState }
      && graph[id].operands.allSatisfy { operand in
        let node = graph[operand.node]
        return node.op is ReadState
          || node.op is Broadcast
            && graph.type(node.operands[0]).shape.count * 4
              <= graph.type(operand).shape.count
      }
  }

  // Makes roots of values whose expressions would be too long: a value that is used twice, in
  // different places or under a condition, is written out twice with everything it depends on.
  // Roots that turn out to be computed at one position are merged again.
  private func limitExpressions(_ isRoot: inout [Bool]) {
    var length = [Int](repeating: 1, count: graph.nodes.count)
    for id in graph.nodes.ids where role(id) != .boundary {
      var sum = 1
      for operand in graph[id].operands { sum += length[operand.node.index] }
      if sum > Fusion.longestExpression, isWork(id) { isRoot[id.index] = true }
      length[id.index] = isRoot[id.index] ? 1 : sum
    }
  }

  // For each node, true iff it works element by element on the result of a reduction, so that it is
  // best computed in the same kernel.
  private func finishesReduction() -> [Bool] {
    var result = [Bool](repeating: false, count: graph.nodes.count)
    for id in graph.nodes.ids where role(id) == .map {
      result[id.index] = graph[id].operands.contains { operand in
        // A result with other users is an array anyway.
        if users[operand.node.index].count > 1 { return false }
        return switch role(operand.node) {
        case .reduce, .contract: true
        case .map: result[operand.node.index]
        case .view, .choice, .opaque, .control, .boundary: false
        }
      }
    }
    return result
  }

  // For each node, true iff something below it is used twice, so that writing it out as one
  // expression, as under a condition, would repeat work.
  private func sharesWork() -> [Bool] {
    var result = [Bool](repeating: false, count: graph.nodes.count)
    for id in graph.nodes.ids {
      result[id.index] = graph[id].operands.contains { operand in
        let node = operand.node
        switch role(node) {
        case .boundary, .reduce, .contract, .opaque, .control: return false
        case .map: return users[node.index].count > 1 || result[node.index]
        case .choice, .view: return result[node.index]
        }
      }
    }
    return result
  }

  /// True iff computing the value again reads no more memory than reading it would: a few cheap
  /// functions of at most one array of its size.
  private func isCheapToRepeat(_ id: NodeID, over isRoot: [Bool]) -> Bool {
    guard let map = graph[id].op as? Map, !map.function.isExpensive else { return false }
    let size = graph[id].types[0].shape.count
    var budget = 4
    var arrays: Set<NodeID> = []
    func visit(_ id: NodeID) -> Bool {
      if role(id) == .boundary || isRoot[id.index] {
        // A much smaller array stays in cache.
        if graph[id].types[0].shape.count * 4 > size { arrays.insert(id) }
        return arrays.count <= 1
      }
      return visitOperands(id)
    }
    func visitOperands(_ id: NodeID) -> Bool {
      switch role(id) {
      case .view: break
      case .map:
        budget -= 1
        if let map = graph[id].op as? Map, map.function.isExpensive { return false }
      case .choice, .reduce, .contract, .opaque, .control, .boundary: return false
      }
      return budget >= 0 && graph[id].operands.allSatisfy { visit($0.node) }
    }
    return visitOperands(id)
  }

  // For each node, true iff it is work whose result is repeated along axes: the work is done once
  // before, not for each copy.
  private func isSpread() -> [Bool] {
    var result = [Bool](repeating: false, count: graph.nodes.count)
    for id in graph.nodes.ids.reversed() where role(id) == .view {
      for operand in graph[id].operands {
        let repeats = graph[id].types[0].shape.count >= 4 * graph.type(operand).shape.count
        if repeats || result[id.index] { result[operand.node.index] = true }
      }
    }
    return result
  }
}
