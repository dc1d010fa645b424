internal import GraphIR
internal import LoopIR
internal import Support

/// The cost of one step of a graph, independent of where it runs.
struct StepFacts {
  /// The results of other steps that it reads, as far as they are in the arena.
  var reads: [Value] = []
  /// The bytes of its results in the arena, when it runs first and when it runs again.
  var bytes: [Int] = []
  var bytesAgain: [Int] = []
  /// The results that may replace an operand that is read for the last time.
  var inPlace: [(read: Value, result: Int)] = []
  /// The bytes of its scratch memory.
  var scratch = 0
  /// Its work.
  var cost = 0
  var isHeavy = false
  /// False if it changes states, or is a loop or a branch.
  var runsAgain = false
  /// The large states that it reads, and the states that it changes.
  var states: Set<Operand> = []
  var changes: Set<Operand> = []
  /// True iff it makes a value outside the arena, or one that is needed at the end.
  var isNeeded = false
}

extension StepFacts {
  /// The facts about a step of a placed graph; `kept` are the values that stay in the arena until
  /// the end.
  init(
    _ id: NodeID, of graph: Graph, _ placement: Placement, _ kept: [Value]
  ) {
    let kernels = placement.kernels
    let node = graph[id]
    let results = node.types.indices.map { Value(id, $0) }
    let arrays = Set(node.operands.map { graph.source(of: $0) })
    reads = arrays.filter { placement.isInArena($0) }
      .sorted { ($0.node, $0.result) < ($1.node, $1.result) }
    bytesAgain = node.types.map { $0.arenaBytes }
    bytes = zip(results, bytesAgain).map { placement.isInArena($0) ? $1 : 0 }
    cost = bytesAgain.reduce(kernels.operations(of: node, in: graph), +)
    for array in arrays where graph.type(array).arenaBytes > StepSequence.fewBytes {
      if case .state = placement.operand(array) { states.insert(placement.operand(array)) }
    }
    for result in results {
      if case .state = placement.operand(result) { changes.insert(placement.operand(result)) }
    }
    isNeeded = results.contains { !placement.isInArena($0) || kept.contains($0) }
    guard let kernel = node.op as? KernelOp else {
      isNeeded = true
      isHeavy = true
      scratch =
        (node.op as? any RegionOperation)?.regions.map { Self.peak(of: $0, kernels) }.max() ?? 0
      return
    }
    runsAgain = changes.isEmpty
    let plan = kernels[kernel]
    isHeavy = plan.isHeavy
    // Where its arrays will lie is not known yet.
    scratch = kernels.lowered(KernelCall(apart: kernel)).ownArrays.reduce(0) {
      $0 + TensorType($1.type, Shape($1.shape)).arenaBytes
    }
    for (i, operand) in node.operands.enumerated() where reads.contains(graph.source(of: operand)) {
      for result in results where placement.isInArena(result) {
        guard plan.inPlace[result.result].contains(i),
          node.operands.count(where: { graph.source(of: $0) == graph.source(of: operand) }) == 1
        else { continue }
        inPlace.append((graph.source(of: operand), result.result))
      }
    }
  }

  // The memory that the steps of a loop or a branch need, without its results.
  private static func peak(of graph: Graph, _ kernels: KernelPlans) -> Int {
    StepSequence(graph, homes: graph.outputs.indices.map { .new(.output($0)) }, kernels).peak
  }
}

extension Placement {
  /// True iff a value that a step makes lies in the arena.
  func isInArena(_ value: Value) -> Bool {
    if case .temporary = operand(value) { true } else { false }
  }
}

extension TensorType {
  /// The size of an array in the arena.
  var arenaBytes: Int {
    let alignment = Arena.alignment
    return (shape.count * element.size + alignment - 1) / alignment * alignment
  }
}
