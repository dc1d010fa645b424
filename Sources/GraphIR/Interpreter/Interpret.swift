internal import Support

/// Computes graphs on numbers, node by node, with `evaluate` of each operation: slow, obvious, and
/// independent of the definitions that the compiler uses. It is the oracle for passes and for
/// compiled C.
///
/// Each element is rounded to its type. Sums are computed in 64 bits and rounded once; bounds say
/// how far another order and precision may lead.
package func interpret(_ graph: Graph, inputs: [Numbers], states: [Numbers] = []) -> [Numbers] {
  var values: [[Numbers]] = []
  for id in graph.nodes.ids {
    let node = graph[id]
    switch node.op {
    case let input as Input: values.append([inputs[input.position]])
    case let read as ReadState: values.append([states[read.state.index]])
    default:
      let operands = node.operands.map { values[$0.node.index][$0.result] }
      values.append(node.op.evaluate(operands).map(\.withKnownBounds))
    }
  }
  return graph.outputs.map { values[$0.node.index][$0.result] }
}

/// Runs a function on the values of all states, which it changes, and returns its outputs.
package func interpret(
  _ function: GraphFunction, states: inout [Numbers], inputs: [Numbers]
) -> [Numbers] {
  let results = interpret(function.graph, inputs: inputs, states: states)
  var outputs: [Numbers] = []
  for (result, value) in zip(function.results, results) {
    switch result {
    case .output: outputs.append(value)
    case .update(let id): states[id.index] = value
    case .probe: continue
    }
  }
  return outputs
}

extension Numbers {
  /// The same numbers; a NaN bound becomes infinite.
  fileprivate var withKnownBounds: Numbers {
    guard bounds.contains(where: \.isNaN) else { return self }
    return Numbers(type, values, bounds: bounds.map { $0.isNaN ? .infinity : $0 })
  }
}
