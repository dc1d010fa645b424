internal import GraphIR
internal import Support

// Step 4 of fusion: the graph of kernels.
extension Fusion {
  /// Returns the graph in which each group is a kernel.
  func build() -> Graph {
    let builder = GraphBuilder()
    let names = valueNames()
    var map: [Value: Value] = [:]
    for id in graph.nodes.ids where role(id) == .boundary {
      copy(id, named: names[id], to: builder, &map)
    }
    let groups = self.groups.ids.filter { !self.groups[$0].isGone }
    var contents: [GroupID: (nodes: [NodeID], reads: [Value])] = [:]
    for group in groups { contents[group] = members(of: group) }
    // A group's own values are not inputs of its kernel.
    var wanted = Set(graph.outputs.map { source(of: $0) })
    for group in groups { wanted.formUnion((contents[group]?.reads ?? []).map { source(of: $0) }) }
    for group in order(groups, contents.mapValues(\.reads)) {
      guard let (nodes, reads) = contents[group] else { continue }
      for read in reads { bringAliases(read, names, to: builder, &map) }
      let (roots, rows) = (self.groups[group].roots, self.groups[group].rows)
      let parts = rowTemporaries(group, wanted: wanted)
      let large = parts.filter { rowBytes($0, rank: rows ?? 0) > machine.caches.keptRow }
      let temporaries = parts.filter { !large.contains($0) }
      let outputs = roots.flatMap { id in
        // An operation with its own loops fills all its results, used or not.
        graph[id].types.indices.map { Value(id, $0) }.filter {
          wanted.contains($0) || large.contains(id) || role(id) == .opaque
        }
      }
      let main = mainNode(of: group)
      if role(main) == .control {
        for operand in graph[main].operands { bringAliases(operand, names, to: builder, &map) }
        copy(main, named: names[main], to: builder, &map)
        continue
      }
      let body = makeBody(nodes, reads, outputs + temporaries.map { Value($0) }, names)
      builder.name = names[main]
      builder.site = { graph[main].site }
      let kernel = KernelOp(
        name: kernelName(main), rows: rows, temporaries: temporaries.count, body: body)
      let operands = reads.map { builder.tensor(new($0, map)) }
      let results = builder.apply(kernel, operands)
      for (output, result) in zip(outputs, results) { map[output] = result.value }
    }
    for output in graph.outputs { bringAliases(output, names, to: builder, &map) }
    builder.outputs = graph.outputs.map { new($0, map) }
    return builder.graph
  }

  private func new(_ value: Value, _ map: [Value: Value]) -> Value {
    guard let new = map[value] else {
      preconditionFailure("'\(graph[value.node].op.mnemonic)' is in no kernel")
    }
    return new
  }

  private func copy(
    _ id: NodeID, named name: String?, to builder: GraphBuilder, _ map: inout [Value: Value]
  ) {
    let node = graph[id]
    builder.name = name
    builder.site = { node.site }
    let results = builder.apply(node.op, node.operands.map { builder.tensor(new($0, map)) })
    for (i, result) in results.enumerated() { map[Value(id, i)] = result.value }
  }

  // Adds the reshapes between an array and `value`.
  private func bringAliases(
    _ value: Value, _ names: [NodeID: String], to builder: GraphBuilder,
    _ map: inout [Value: Value]
  ) {
    guard map[value] == nil, isAlias(value.node) || isReshapeOutput(value.node) else { return }
    bringAliases(graph[value.node].operands[0], names, to: builder, &map)
    copy(value.node, named: names[value.node], to: builder, &map)
  }

  // An output may be a reshape of an array that only changes axes of extent 1.
  private func isReshapeOutput(_ id: NodeID) -> Bool {
    if graph[id].op is Reshape { return groupOf[id] == nil }
    return false
  }

  // The array that `value` is a reshape of.
  private func source(of value: Value) -> Value {
    if groupOf[value.node] == nil, graph[value.node].op is Reshape {
      return source(of: graph[value.node].operands[0])
    }
    return value
  }

  private func makeBody(
    _ nodes: [NodeID], _ reads: [Value], _ outputs: [Value], _ names: [NodeID: String]
  ) -> Graph {
    let body = GraphBuilder()
    var map: [Value: Value] = [:]
    for (i, read) in reads.enumerated() {
      body.name = names[read.node]
      body.site = { graph[read.node].site }
      map[read] = body.apply(Input(i, graph.type(read))).value
    }
    for id in nodes { copy(id, named: names[id], to: body, &map) }
    body.outputs = outputs.map { new($0, map) }
    return body.graph
  }

  // Groups in the order of their last roots, but after those that they read.
  private func order(_ groups: [GroupID], _ reads: [GroupID: [Value]]) -> [GroupID] {
    let rank = Dictionary(
      uniqueKeysWithValues: groups.map { ($0, self.groups[$0].roots.last ?? NodeID(index: 0)) })
    func needs(_ group: GroupID) -> [GroupID] {
      (reads[group] ?? []).compactMap { maker(of: $0) }
        .sorted { (rank[$0] ?? NodeID(index: 0)) > (rank[$1] ?? NodeID(index: 0)) }
    }
    var order: [GroupID] = []
    var isDone: Set<GroupID> = []
    for start in needsOrder(groups, rank) where !isDone.contains(start) {
      var path = [(group: start, needs: needs(start))]
      while var top = path.popLast() {
        if let next = top.needs.popLast() {
          path.append(top)
          if !isDone.contains(next) { path.append((next, needs(next))) }
        } else if isDone.insert(top.group).inserted {
          order.append(top.group)
        }
      }
    }
    return order
  }

  private func needsOrder(_ groups: [GroupID], _ rank: [GroupID: NodeID]) -> [GroupID] {
    groups.sorted { (rank[$0] ?? NodeID(index: 0)) < (rank[$1] ?? NodeID(index: 0)) }
  }

  // The node that a kernel is named after: the most expensive one, else the last root.
  private func mainNode(of group: GroupID) -> NodeID {
    let roots = groups[group].roots
    let heavy: [FusionRole] = [.contract, .opaque, .reduce]
    for role in heavy {
      if let id = roots.first(where: { self.role($0) == role }) { return id }
    }
    guard let last = roots.last else { preconditionFailure("an empty group") }
    return last
  }

  // The operation and the layer of the kernel: `multiply_fc`, `exp_loss`.
  private func kernelName(_ main: NodeID) -> String {
    let verb = graph[main].op.verb
    return graph[main].name.map { "\(verb)_\($0)" } ?? verb
  }

  // A name for each value: the one that its layer gave, for the last value of that layer and for
  // its contraction; all others append their operation, as in `loss_exp`.
  private func valueNames() -> [NodeID: String] {
    var last: [String: NodeID] = [:]
    for id in graph.nodes.ids {
      guard let name = graph[id].name else { continue }
      // A reshape takes the name of its operand if nothing else has it.
      if role(id) != .view || last[name].map({ role($0) == .view }) ?? true { last[name] = id }
    }
    var names: [NodeID: String] = [:]
    for id in graph.nodes.ids {
      let node = graph[id]
      guard let name = node.name else { continue }
      let isMain = last[name] == id || role(id) == .contract || role(id) == .boundary
      names[id] = isMain ? name : name + "_" + node.op.verb
    }
    return names
  }
}
