internal import GraphIR
internal import Support

extension KernelPlans {
  /// The arithmetic operations of a step of a graph: each step of a loop counts, one pass of a loop
  /// that ends by itself, and the dearer of two branches.
  func operations(of node: Node, in graph: Graph) -> Int {
    switch node.op {
    case let kernel as KernelOp: self[kernel].operations
    case let scan as Scan: scan.length * operations(in: scan.body)
    case let loop as While: operations(in: loop.condition) + operations(in: loop.body)
    case let cond as Cond: max(operations(in: cond.then), operations(in: cond.otherwise))
    default: node.operations(in: graph)
    }
  }

  private func operations(in graph: Graph) -> Int {
    graph.nodes.values.reduce(0) { $0 + operations(of: $1, in: graph) }
  }
}

extension Node {
  /// The arithmetic operations of a node inside a kernel; a multiplication and an addition count as
  /// two.
  func operations(in graph: Graph) -> Int {
    switch op {
    case let op as Contract: op.map.axes.reduce(2) { $0 * $1.extent }
    case let op as Reduce: op.map.axes.reduce(1) { $0 * $1.extent }
    case is ScatterAdd, is Scatter: graph.type(operands[1]).shape.count
    default: op.role == .map ? types.reduce(0) { $0 + $1.shape.count } : 0
    }
  }
}
