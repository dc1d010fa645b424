package import GraphIR
internal import LoopIR
internal import Support

/// What one call of a graph of kernels costs: each step of a loop counts, one pass of a loop that
/// ends by itself, and the dearer of two branches.
package struct Cost {
  /// Arithmetic operations; a multiplication and an addition count as two.
  package private(set) var operations = 0
  /// Bytes that kernels read and write.
  package private(set) var bytes = 0

  /// The cost of all nodes of a graph.
  package init(of graph: Graph) {
    for node in graph.nodes.values { add(Cost(of: node, in: graph)) }
  }

  /// The cost of one node of a graph.
  package init(of node: Node, in graph: Graph) {
    switch node.op {
    case let kernel as KernelOp:
      for inner in kernel.body.nodes.values {
        operations += Cost.operations(inner, in: kernel.body)
      }
      bytes += node.operands.reduce(0) { $0 + graph.type($1).bytes }
      bytes += node.types.reduce(0) { $0 + $1.bytes }
    case let scan as Scan: add(Cost(of: scan.body), times: scan.length)
    case let loop as While:
      add(Cost(of: loop.condition))
      add(Cost(of: loop.body))
    case let cond as Cond:
      let (a, b) = (Cost(of: cond.then), Cost(of: cond.otherwise))
      add(a.operations > b.operations ? a : b)
    default: operations += Cost.operations(node, in: graph)
    }
  }

  private mutating func add(_ other: Cost, times count: Int = 1) {
    operations += count * other.operations
    bytes += count * other.bytes
  }

  private static func operations(_ node: Node, in graph: Graph) -> Int {
    let results = node.types.reduce(0) { $0 + $1.shape.count }
    switch node.op {
    case let op as Contract: return op.map.axes.reduce(2) { $0 * $1.extent }
    case let op as Reduce: return op.map.axes.reduce(1) { $0 * $1.extent }
    case is ScatterAdd, is Scatter: return graph.type(node.operands[1]).shape.count
    default: return node.op.role == .map ? results : 0
    }
  }
}

extension TensorType {
  fileprivate var bytes: Int { shape.count * element.size }
}
