internal import GraphIR
internal import LoopIR
internal import Support

/// The order of the steps of a graph, chosen to keep few bytes alive.
///
///     %3 = kernel %1, %2 { multiply }      %1 is large and not needed after %4
///     %4 = kernel %1, %0 { subtract }      changes a state
/// ->
///     %4, %3                               if nothing else holds %1
struct KernelOrder {
  // Results up to this size may be computed long before they are needed, if that frees memory.
  private static let fewBytes = 4096

  private let graph: Graph
  /// The steps that must run before each step.
  private let needs: [NodeID: Set<NodeID>]
  /// The arrays in the arena that a step reads and makes.
  private let reads: [NodeID: Set<Value>]
  private let makes: [NodeID: [Value]]
  /// The steps that read an array; it is also counted as read if it is wanted at the end.
  private let readers: [Value: Int]
  private let bytes: [Value: Int]

  /// - Parameters:
  ///   - before: the steps that must run before a step, beside those that make what it reads.
  ///   - isTemporary: whether a value lies in the arena.
  init(
    _ graph: Graph, steps: [NodeID], before: [NodeID: Set<NodeID>], isTemporary: (Value) -> Bool
  ) {
    self.graph = graph
    let known = Set(steps)
    var needs: [NodeID: Set<NodeID>] = [:]
    var reads: [NodeID: Set<Value>] = [:]
    var makes: [NodeID: [Value]] = [:]
    var readers: [Value: Int] = [:]
    for id in steps {
      let arrays = Set(graph[id].operands.map { graph.source(of: $0) })
      needs[id] = Set(arrays.map(\.node).filter { known.contains($0) }).union(before[id] ?? [])
      reads[id] = arrays.filter { known.contains($0.node) && isTemporary($0) }
      makes[id] = graph[id].types.indices.map { Value(id, $0) }.filter { isTemporary($0) }
      for array in reads[id] ?? [] { readers[array, default: 0] += 1 }
    }
    for output in Set(graph.outputs.map({ graph.source(of: $0) })) {
      readers[output, default: 0] += 1
    }
    self.needs = needs
    self.reads = reads
    self.makes = makes
    self.readers = readers
    bytes = makes.values.joined().reduce(into: [:]) { bytes, value in
      let type = graph.type(value)
      bytes[value] = type.shape.count * type.element.size
    }
  }

  /// Returns `order`, or another one if less is alive at once then.
  func improved(_ order: [NodeID]) -> [NodeID] {
    let other = freeingEarly(order)
    return peak(other) < peak(order) ? other : order
  }

  /// The most bytes that are alive at one step.
  private func peak(_ order: [NodeID]) -> Int {
    var left = readers
    var (alive, most) = (0, 0)
    for id in order {
      alive += size(makes[id] ?? [])
      most = max(most, alive)
      alive -= size(lastReads(of: id, left))
      alive -= size((makes[id] ?? []).filter { left[$0] == nil })
      for array in reads[id] ?? [] { left[array, default: 0] -= 1 }
    }
    return most
  }

  /// Returns an order in which a step that frees memory runs as early as possible, with the small
  /// steps that it needs.
  private func freeingEarly(_ order: [NodeID]) -> [NodeID] {
    var left = readers
    var isDone: Set<NodeID> = []
    var result: [NodeID] = []
    func run(_ id: NodeID) {
      isDone.insert(id)
      result.append(id)
      for array in reads[id] ?? [] { left[array, default: 0] -= 1 }
    }
    var rest = order[...]
    while let next = rest.first {
      if isDone.contains(next) {
        rest.removeFirst()
        continue
      }
      let early = rest.lazy.filter { !isDone.contains($0) && self.frees($0, left) }
        .compactMap { self.undone($0, isDone) }.first
      for id in early ?? [next] { run(id) }
    }
    return result
  }

  // True iff a step frees more than it makes.
  private func frees(_ id: NodeID, _ left: [Value: Int]) -> Bool {
    let last = size(lastReads(of: id, left))
    return last > 0 && last >= size(makes[id] ?? [])
  }

  private func lastReads(of id: NodeID, _ left: [Value: Int]) -> [Value] {
    (reads[id] ?? []).filter { left[$0] == 1 }
  }

  private func size(_ values: [Value]) -> Int { values.reduce(0) { $0 + (bytes[$1] ?? 0) } }

  /// The steps that must run for a step, in order and with it; nil if others than small ones are
  /// among them.
  private func undone(_ id: NodeID, _ isDone: Set<NodeID>) -> [NodeID]? {
    var order: [NodeID] = []
    var seen: Set<NodeID> = []
    func visit(_ id: NodeID) -> Bool {
      guard !isDone.contains(id), seen.insert(id).inserted else { return true }
      for need in (needs[id] ?? []).sorted() {
        if !isDone.contains(need), size(makes[need] ?? []) > Self.fewBytes { return false }
        guard visit(need) else { return false }
      }
      order.append(id)
      return true
    }
    return visit(id) ? order : nil
  }
}
