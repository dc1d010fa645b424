internal import GraphIR
internal import LoopIR
internal import Support

/// Which kernels may write a result over an operand that is not read again.
///
///     %1 = kernel %0 { exp }       temporary 0
///     %2 = kernel %1 { tanh }      temporary 0 as well, if %1 is not read again
struct InPlace {
  private let graph: Graph
  private let plans: [NodeID: KernelPlan]
  /// The last step that reads each value, and the values that are needed at the end.
  private var lastReaders: [Value: NodeID] = [:]
  private let wanted: Set<Value>
  private var taken: Set<Value> = []

  /// - Parameter order: the steps of the graph in the order in which they run.
  init(_ graph: Graph, _ plans: [NodeID: KernelPlan], order: [NodeID]) {
    self.graph = graph
    self.plans = plans
    wanted = Set(graph.outputs.map { graph.source(of: $0) })
    for id in order {
      for operand in graph[id].operands { lastReaders[graph.source(of: operand)] = id }
    }
  }

  /// Returns the value over which a kernel may write its result, of those that satisfy `isOwn`.
  mutating func takeOperand(for result: Value, where isOwn: (Value) -> Bool) -> Value? {
    let id = result.node
    guard let inPlace = plans[id]?.inPlace[result.result] else { return nil }
    let arrays = graph[id].operands.map { graph.source(of: $0) }
    for (i, array) in arrays.enumerated() {
      guard inPlace.contains(i), isOwn(array), lastReaders[array] == id, !wanted.contains(array),
        !taken.contains(array), arrays.count(where: { $0 == array }) == 1
      else { continue }
      taken.insert(array)
      return array
    }
    return nil
  }
}
