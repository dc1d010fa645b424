internal import GraphIR
internal import Support

extension GraphPass {
  /// Replaces each `gradient` node by graph code.
  ///
  ///     %2 = multiply %0, %1
  ///     %3 = gradient %2, %0
  /// ->
  ///     %2 = multiply %0, %1
  ///     %3 = %1
  ///
  /// Nodes are taken in order, so the gradient inside a loss is code before the gradient of that
  /// loss is taken: gradients of gradients need nothing more.
  package static let differentiate = GraphPass(
    "differentiate", "replace gradients by graph code",
    each: { graph in
      Rewriter.run(graph) { rewriter, id in
        guard graph[id].op is Gradient else { return nil }
        let operands = rewriter.operands(id)
        return gradients(of: operands[0], by: Array(operands.dropFirst()))
      }
    })
}

/// Returns the gradient of `loss`, a single number, by each of `sources`.
///
/// Walks back from the loss, over those nodes that depend on a source, and adds up what reaches
/// each value.
private func gradients(of loss: Tensor, by sources: [Tensor]) -> [Tensor] {
  let builder = loss.builder
  guard let start = loss.value else { preconditionFailure("the gradient of nothing") }
  let leaves = sources.compactMap(\.value)
  let graph = builder.graph
  let active = dependents(of: leaves, in: graph, upTo: start.node)
  var reached: [Value: Tensor] = [start: loss.filled(1)]

  for index in stride(from: start.node.index, through: 0, by: -1) where active[index] {
    let id = NodeID(index: index)
    let node = graph[id]
    let results = node.types.indices.map { Value(id, $0) }
    let seeds = results.map { reached[$0] }
    guard seeds.contains(where: { $0 != nil }), !node.operands.isEmpty else { continue }
    builder.name = node.name.map { $0.hasPrefix("d_") ? $0 : "d_" + $0 }
    builder.site = { node.site }
    let context = GradientContext(
      operands: node.operands.map { builder.tensor($0) },
      results: results.map { builder.tensor($0) }, seeds: seeds)
    for (operand, gradient) in zip(node.operands, node.op.gradient(context)) {
      guard let gradient, active[operand.node.index] else { continue }
      reached[operand] = reached[operand].map { $0 + gradient } ?? gradient
    }
  }
  return sources.map { source in
    source.value.flatMap { reached[$0] } ?? source.filled(0)
  }
}

/// Says for each node up to `last` whether it is, or depends on, one of `leaves`.
private func dependents(of leaves: [Value], in graph: Graph, upTo last: NodeID) -> [Bool] {
  var result = [Bool](repeating: false, count: graph.nodes.count)
  for leaf in leaves { result[leaf.node.index] = true }
  for index in 0...last.index where !result[index] {
    let node = graph[NodeID(index: index)]
    // What a state holds after a write does not depend on how it was computed.
    if node.op is WriteState { continue }
    if node.op is StopGradient { continue }
    result[index] = node.operands.contains { result[$0.node.index] }
  }
  return result
}
