internal import Support

/// A graph for the inside of an operation, and its captures.
package struct Region {
  package var graph: Graph
  /// The captured tensors of enclosing graphs: its last inputs, in order.
  package var captures: [Tensor]
}

extension GraphBuilder {
  /// Returns the graph that `build` makes from inputs of given types; nil after a mistake.
  ///
  /// Values of this graph or of enclosing ones that `build` uses become further inputs, so that the
  /// graph is closed.
  package func region(
    _ inputs: [(name: String?, type: TensorType)],
    _ build: (_ inside: GraphBuilder, _ inputs: [Tensor]) -> [Tensor]
  ) -> Region? {
    let inside = GraphBuilder(inside: self)
    let tensors = inputs.map { inside.addInput($0.type, named: $0.name) }
    let results = build(inside, tensors)
    var outputs: [Value] = []
    for result in results {
      guard result.value != nil else { return nil }
      guard inside.sees(result.builder), let value = inside.imported(result) else {
        inside.fail(.otherFunction("return"))
        return nil
      }
      outputs.append(value)
    }
    inside.outputs = outputs
    inside.close()
    return Region(graph: inside.graph, captures: inside.captures.map(\.outer))
  }
}

extension Graph {
  /// Returns the graph with its inputs at other positions; all of `types` are inputs, used or not.
  package func repositioned(_ position: (Int) -> Int, inputs types: [TensorType]) -> Graph {
    var result = Graph()
    var moved: [NodeID] = []
    var present: Set<Int> = []
    for node in nodes.values {
      var op = node.op
      if let input = op as? Input {
        op = Input(position(input.position), input.type)
        present.insert(position(input.position))
      }
      let operands = node.operands.map { Value(moved[$0.node.index], $0.result) }
      moved.append(
        result.append(Node(op, operands, types: node.types, name: node.name, site: node.site)))
    }
    result.outputs = outputs.map { Value(moved[$0.node.index], $0.result) }
    for (i, type) in types.enumerated() where !present.contains(i) {
      _ = result.append(Node(Input(i, type), [], types: [type], name: nil, site: nil))
    }
    return result
  }

  /// Returns the graph with the place of each node changed, inside loops and branches as well.
  package func relocated(_ move: (SiteID?) -> SiteID?) -> Graph {
    var result = Graph()
    for node in nodes.values {
      let site = move(node.site)
      var op = node.op
      if let outer = op as? any RegionOperation {
        op = outer.replacing(regions: outer.regions.map { $0.relocated(move) })
      }
      _ = result.append(Node(op, node.operands, types: node.types, name: node.name, site: site))
    }
    result.outputs = outputs
    return result
  }

  /// The first type with too many elements, inside loops and branches as well, and the place of its
  /// node.
  package var firstTooLarge: (type: TensorType, site: SiteID?)? {
    for node in nodes.values {
      for region in (node.op as? any RegionOperation)?.regions ?? [] {
        if let found = region.firstTooLarge { return found }
      }
      if let type = node.types.first(where: { !$0.shape.isCountable }) { return (type, node.site) }
    }
    return nil
  }

  /// Adds the nodes of `self` to `builder`, with `inputs` for its inputs; returns the new value of
  /// each value.
  package func inlined(into builder: GraphBuilder, inputs: [Tensor]) -> [Value: Tensor] {
    var result: [Value: Tensor] = [:]
    let (name, site) = (builder.name, builder.site)
    defer { (builder.name, builder.site) = (name, site) }
    for id in nodes.ids {
      let node = nodes[id]
      if let input = node.op as? Input {
        result[Value(id)] = inputs[input.position]
        continue
      }
      builder.name = node.name
      builder.site = { node.site }
      let operands = node.operands.compactMap { result[$0] }
      precondition(operands.count == node.operands.count, "a graph is out of order")
      for (i, tensor) in builder.apply(node.op, operands, results: node.types.count).enumerated() {
        result[Value(id, i)] = tensor
      }
    }
    return result
  }
}

extension Graph {
  /// Returns the part of the graph that `outputs` need, given the values `inputs`.
  package func cut(inputs: [Value], outputs: [Value]) -> Graph {
    let given = Set(inputs)
    var needed = Set(outputs)
    for id in nodes.ids.reversed() where computes(id, needed, given) {
      needed.formUnion(nodes[id].operands)
    }
    let builder = GraphBuilder()
    var moved: [Value: Tensor] = [:]
    for input in inputs {
      moved[input] = builder.addInput(type(input), named: nodes[input.node].name)
    }
    for id in nodes.ids where computes(id, needed, given) {
      let node = nodes[id]
      builder.name = node.name
      builder.site = { node.site }
      let operands = node.operands.compactMap { moved[$0] }
      precondition(operands.count == node.operands.count, "an input is missing")
      let results = builder.apply(node.op, operands, results: node.types.count)
      for (i, result) in results.enumerated() where !given.contains(Value(id, i)) {
        moved[Value(id, i)] = result
      }
    }
    builder.outputs = outputs.compactMap { moved[$0]?.value }
    return builder.graph
  }

  // True iff some result of the node is needed and not given.
  private func computes(_ id: NodeID, _ needed: Set<Value>, _ given: Set<Value>) -> Bool {
    nodes[id].types.indices.contains {
      needed.contains(Value(id, $0)) && !given.contains(Value(id, $0))
    }
  }
}

/// Gives several regions the same inputs: first the common ones, then all captures.
package func unify(_ regions: [Region], shared: [TensorType]) -> (
  graphs: [Graph], captures: [Tensor]
) {
  var captures: [Tensor] = []
  // Captures may come from several enclosing graphs, in which values may have equal numbers.
  func number(_ capture: Tensor) -> Int? {
    captures.firstIndex { $0.value == capture.value && $0.builder === capture.builder }
  }
  for capture in regions.flatMap(\.captures) where number(capture) == nil {
    captures.append(capture)
  }
  let types = shared + captures.map(\.type)
  let graphs = regions.map { region in
    region.graph.repositioned(
      { position in
        guard position >= shared.count else { return position }
        return number(region.captures[position - shared.count]).map { shared.count + $0 }
          ?? position
      }, inputs: types)
  }
  return (graphs, captures)
}
