package import GraphIR
internal import Support

extension Graph {
  /// The nodes of the graph and of the graphs inside them, each with the types of its operands.
  package var allNodes: [(node: Node, operands: [TensorType])] {
    nodes.values.flatMap { node in
      let regions = (node.op as? any RegionOperation)?.regions ?? []
      return [(node, node.operands.map { type($0) })] + regions.flatMap(\.allNodes)
    }
  }

  /// The words of all operations in the graph; a map has that of its function besides its own.
  package var words: Set<String> {
    Set(allNodes.flatMap { [$0.node.op.mnemonic, Swift.type(of: $0.node.op).word] })
  }
}
