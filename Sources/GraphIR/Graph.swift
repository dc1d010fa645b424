package import Support

/// The number of a node in its graph.
package struct NodeID: EntityID {
  package let index: Int
  package init(index: Int) { self.index = index }
}

/// One result of a node.
package struct Value: Hashable, Sendable {
  package let node: NodeID
  package let result: Int

  package init(_ node: NodeID, _ result: Int = 0) {
    self.node = node
    self.result = result
  }
}

/// The number of a place in the model's source.
package struct SiteID: EntityID {
  package let index: Int
  package init(index: Int) { self.index = index }
}

/// One operation applied to values.
package struct Node: Hashable, Sendable {
  package let op: any Operation
  package let operands: [Value]
  package let types: [TensorType]
  /// The name of the value in the emitted program; not unique.
  package let name: String?
  package let site: SiteID?

  package init(
    _ op: any Operation, _ operands: [Value], types: [TensorType], name: String?, site: SiteID?
  ) {
    self.op = op
    self.operands = operands
    self.types = types
    self.name = name
    self.site = site
  }

  package static func == (a: Node, b: Node) -> Bool {
    a.operands == b.operands && a.types == b.types && a.name == b.name && a.site == b.site
      && a.op.isEqual(to: b.op)
  }

  package func hash(into hasher: inout Hasher) {
    op.hash(into: &hasher)
    hasher.combine(operands)
  }
}

/// Nodes in topological order, and the values that are the outputs.
///
/// A graph is a value that only grows; passes build a new one.
package struct Graph: Hashable, Sendable {
  package private(set) var nodes = DenseMap<NodeID, Node>()
  package var outputs: [Value] = []

  package init() {}

  package subscript(id: NodeID) -> Node { nodes[id] }

  /// Returns the type of `value`.
  package func type(_ value: Value) -> TensorType { nodes[value.node].types[value.result] }

  /// Adds a node that is known to be well-formed.
  package mutating func append(_ node: Node) -> NodeID { nodes.append(node) }

  /// The input nodes, in the order of their positions.
  package var inputs: [NodeID] {
    var found: [(Int, NodeID)] = []
    for id in nodes.ids {
      if let input = nodes[id].op as? Input { found.append((input.position, id)) }
    }
    return found.sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// Returns how often each value is used, as an output as well.
  package func uses() -> [Value: Int] {
    (nodes.values.flatMap(\.operands) + outputs).reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  /// Returns, for each node, the nodes that use it; outputs are not counted.
  package func users() -> [[NodeID]] {
    var users = [[NodeID]](repeating: [], count: nodes.count)
    for id in nodes.ids {
      for operand in nodes[id].operands where users[operand.node.index].last != id {
        users[operand.node.index].append(id)
      }
    }
    return users
  }
}
