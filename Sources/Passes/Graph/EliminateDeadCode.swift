package import GraphIR
internal import Support

extension GraphPass {
  /// Removes nodes that no output depends on. Inputs stay: they are the function's signature.
  ///
  ///     %0 = exp %x
  ///     %1 = tanh %x
  ///     return %1
  /// ->
  ///     %0 = tanh %x
  ///     return %0
  package static let eliminateDeadCode = GraphPass(
    "eliminate-dead-code", "remove nodes that no output needs", each: removeDeadNodes)
}

/// Returns `graph` without the nodes that no output depends on.
package func removeDeadNodes(_ graph: Graph) -> Graph {
  var live = [Bool](repeating: false, count: graph.nodes.count)
  for output in graph.outputs { live[output.node.index] = true }
  for id in graph.nodes.ids.reversed() where live[id.index] {
    for operand in graph[id].operands { live[operand.node.index] = true }
  }
  var result = Graph()
  var moved = [NodeID?](repeating: nil, count: graph.nodes.count)
  func new(_ value: Value) -> Value {
    guard let node = moved[value.node.index] else {
      preconditionFailure("node \(value.node.index) is used before it is made")
    }
    return Value(node, value.result)
  }
  for id in graph.nodes.ids {
    let node = graph[id]
    var keep = live[id.index]
    if node.op is Input { keep = true }
    guard keep else { continue }
    moved[id.index] = result.append(
      Node(node.op, node.operands.map(new), types: node.types, name: node.name, site: node.site))
  }
  result.outputs = graph.outputs.map(new)
  return result
}
