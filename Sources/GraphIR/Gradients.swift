internal import Support

extension GraphBuilder {
  /// Returns the gradients by `sources`, given the gradients `seeds` by some values; nil where none
  /// arrives.
  ///
  /// Walks back from the last seed, over those nodes that depend on a source, and adds up what
  /// reaches each value.
  package func gradients(_ seeds: [(value: Tensor, seed: Tensor)], by sources: [Tensor])
    -> [Tensor?]
  {
    var reached: [Value: Tensor] = [:]
    for (tensor, seed) in seeds {
      guard let value = tensor.value else { preconditionFailure("the gradient of nothing") }
      reached[value] = reached[value].map { $0 + seed } ?? seed
    }
    let leaves = sources.compactMap(\.value)
    guard let last = reached.keys.map(\.node.index).max() else { return sources.map { _ in nil } }
    let graph = graph
    let active = dependents(of: leaves, in: graph, upTo: last)
    let (outerName, outerSite) = (name, site)
    defer { (name, site) = (outerName, outerSite) }

    for index in stride(from: last, through: 0, by: -1) where active[index] {
      let id = NodeID(index: index)
      let node = graph[id]
      let results = node.types.indices.map { Value(id, $0) }
      let arriving = results.map { reached[$0] }
      guard arriving.contains(where: { $0 != nil }), !node.operands.isEmpty else { continue }
      name = node.name.map { $0.hasPrefix("d_") ? $0 : "d_" + $0 }
      site = { node.site }
      let context = GradientContext(
        operands: node.operands.map { tensor($0) }, results: results.map { tensor($0) },
        seeds: arriving)
      for (operand, gradient) in zip(node.operands, node.op.gradient(context)) {
        guard let gradient, active[operand.node.index] else { continue }
        reached[operand] = reached[operand].map { $0 + gradient } ?? gradient
      }
    }
    return sources.map { source in source.value.flatMap { reached[$0] } }
  }
}

/// Says for each node up to `last` whether it is, or depends on, one of `leaves`.
private func dependents(of leaves: [Value], in graph: Graph, upTo last: Int) -> [Bool] {
  var result = [Bool](repeating: false, count: graph.nodes.count)
  for leaf in leaves { result[leaf.node.index] = true }
  for index in 0...last where !result[index] {
    let node = graph[NodeID(index: index)]
    // For gradients, the value of a state after a write does not depend on how it was computed.
    if node.op is WriteState || node.op is StopGradient { continue }
    result[index] = node.operands.contains { result[$0.node.index] }
  }
  return result
}
