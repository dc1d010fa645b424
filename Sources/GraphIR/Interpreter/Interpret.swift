internal import Support

/// Computes graphs on numbers, node by node, by what each operation says of itself in `evaluate`:
/// slow, obvious, and without the definitions that the compiler uses. It is the yardstick for
/// passes and for compiled C.
///
/// Each element is rounded to its type. Sums are computed in 64 bits and rounded once; the bounds
/// of the numbers say how far another order and precision may lead.
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
  /// The same numbers; where a bound came out as no number, anything may be.
  fileprivate var withKnownBounds: Numbers {
    guard bounds.contains(where: \.isNaN) else { return self }
    return Numbers(type, values, bounds: bounds.map { $0.isNaN ? .infinity : $0 })
  }
}
