internal import GraphIR
internal import LoopIR
internal import Support

/// A graph that becomes steps: where its values lie, and what they and their axes are called.
struct PlacedGraph {
  let graph: Graph
  let placement: Placement
  let axes: ValueAxes
  /// What some of its values are called outside.
  private let names: [Value: String]

  init(
    _ graph: Graph, _ placement: Placement, axes: ValueAxes, names: [Value: String] = [:]
  ) {
    self.graph = graph
    self.placement = placement
    self.axes = axes
    self.names = names
  }

  /// What a kernel calls an operand.
  func operandName(_ value: Value) -> String { kernelName(placement.source(value)) }

  /// What a kernel calls a result.
  func resultName(_ value: Value) -> String { names[value] ?? kernelName(value) }

  private func kernelName(_ value: Value) -> String {
    graph.name(placement.windows.places[value]?.holder ?? value)
  }
}

extension Graph {
  /// What a value is called: in a graph of kernels, what it is called inside the kernel.
  func name(_ value: Value) -> String {
    let node = self[value.node]
    if let kernel = node.op as? KernelOp {
      return kernel.body.name(kernel.body.outputs[value.result])
    }
    let words = node.op.resultWords
    guard words.indices.contains(value.result) else { return node.name ?? node.op.verb }
    let word = words[value.result]
    // The first is what the node is for, the others are beside it.
    return node.name.map { value.result == 0 ? $0 : "\($0)_\(word)" } ?? word
  }
}
