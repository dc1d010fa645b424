package import GraphIR
internal import Support

/// Builds a new graph from an old one, node by node.
package struct Rewriter {
  package let old: Graph
  package let builder = GraphBuilder()
  /// The new value of each old value so far.
  private var map: [Value: Value] = [:]

  private init(_ graph: Graph) { old = graph }

  /// Returns `graph` rebuilt; `rule` gives the results of a node that it replaces, and nil for a
  /// node that stays as it is.
  ///
  /// Rebuilding merges equal nodes.
  package static func run(
    _ graph: Graph, _ rule: (inout Rewriter, NodeID) -> [Tensor]?
  ) -> Graph {
    var rewriter = Rewriter(graph)
    for id in graph.nodes.ids {
      rewriter.enter(graph[id])
      let results = rule(&rewriter, id) ?? rewriter.copy(id)
      rewriter.define(id, results)
    }
    rewriter.builder.outputs = graph.outputs.map { rewriter.value($0) }
    return rewriter.builder.graph
  }

  /// Returns the new value of `value` of the old graph.
  package func value(_ value: Value) -> Value {
    guard let new = map[value] else { preconditionFailure("node \(value.node.index) is not built") }
    return new
  }

  /// Returns the new tensor of `value` of the old graph.
  package func tensor(_ value: Value) -> Tensor { builder.tensor(self.value(value)) }

  /// Returns the new operands of an old node.
  package func operands(_ id: NodeID) -> [Tensor] { old[id].operands.map { tensor($0) } }

  /// Makes the same node on the new operands.
  package func copy(_ id: NodeID) -> [Tensor] { apply(old[id].op, operands(id)) }

  /// Returns the results of an operation that is known to be valid.
  package func apply(_ op: any Operation, _ operands: [Tensor]) -> [Tensor] {
    let results = builder.apply(op, operands)
    guard results.allSatisfy({ $0.value != nil }) else {
      let why = builder.log.entries.first?.message ?? ""
      preconditionFailure("'\(op.mnemonic)' cannot be rebuilt: \(why)")
    }
    return results
  }

  // New nodes have the place and the name of the old node they replace.
  private func enter(_ node: Node) {
    builder.name = node.name
    builder.site = { node.site }
  }

  private mutating func define(_ id: NodeID, _ results: [Tensor]) {
    for (i, result) in results.enumerated() {
      guard let value = result.value else {
        let why = builder.log.entries.first?.message ?? ""
        preconditionFailure("the replacement of node \(id.index) is ill-formed: \(why)")
      }
      map[Value(id, i)] = value
    }
  }
}
