internal import GraphIR
internal import LoopIR
internal import Support

// Step 3 of fusion: kernels that work row by row.
extension Fusion {
  /// Returns how many of the first axes of all roots two groups share, if the consumer reads what
  /// the producer makes of a row only in that row; nil if they cannot become one kernel.
  ///
  ///     m[n] = max(j) x[n, j]
  ///     y[n, j] = exp(x[n, j] - m[n])
  func sharedRows(_ producer: GroupID, _ consumer: GroupID) -> Int? {
    let (producer, consumer) = (groups[producer], groups[consumer])
    let roots = producer.roots + consumer.roots
    guard roots.allSatisfy({ isRowWork($0) }) else { return nil }
    let reductions = roots.filter { role($0) == .reduce }
    guard let first = reductions.first else { return nil }
    let row = graph[first].types[0].dims
    guard roots.allSatisfy({ graph[$0].types[0].dims.starts(with: row) }),
      reductions.allSatisfy({ graph[$0].types[0].dims == row }),
      (producer.rows ?? row.count) == row.count, (consumer.rows ?? row.count) == row.count
    else { return nil }
    let elements = roots.map { work($0) }.max() ?? 0
    let count = row.reduce(1, *)
    // Threads share rows, unless there is too little work.
    let sharing = machine.sharing
    guard count < elements,
      count >= sharing.enoughIterations || elements < sharing.leastStatements
    else { return nil }
    let walk = RowWalk(self, producer: Set(producer.roots), own: Set(consumer.roots), row.count)
    return consumer.roots.allSatisfy { walk.staysInRow($0) } ? row.count : nil
  }

  // The number of elements that are read for a root.
  private func work(_ id: NodeID) -> Int {
    if let reduce = graph[id].op as? Reduce { return reduce.map.axes.reduce(1) { $0 * $1.extent } }
    return graph[id].types[0].shape.count
  }

  private func isRowWork(_ id: NodeID) -> Bool {
    guard graph[id].types.count == 1, !replacing.contains(id) else { return false }
    switch role(id) {
    case .map, .choice: return true
    // A window that moves with the row reads other rows, which is allowed for inputs.
    case .reduce: return true
    case .view, .contract, .opaque, .control, .boundary: return false
    }
  }

  /// The roots of a group of rows that only the group itself reads: row temporaries.
  func rowTemporaries(_ group: GroupID, wanted: Set<Value>) -> [NodeID] {
    guard let rank = groups[group].rows else { return [] }
    let inside = members(of: group).nodes
    return groups[group].roots.filter { id in
      graph[id].types[0].rank > rank && !wanted.contains(Value(id))
        && inside.contains { graph[$0].operands.contains(Value(id)) }
    }
  }

  /// The bytes of one row of a root.
  func rowBytes(_ id: NodeID, rank: Int) -> Int {
    let type = graph[id].types[0]
    return type.dims.dropFirst(rank).reduce(type.element.size, *)
  }
}

/// Follows the elements that a root depends on.
private final class RowWalk {
  private struct Place: Hashable {
    let value: Value
    let index: [Index]
  }

  private let fusion: Fusion
  private let producer: Set<NodeID>
  private let own: Set<NodeID>
  private let rank: Int
  private var seen: Set<Place> = []
  private var row: [Index] = []
  private var isInRow = true
  private var nextVariable = 0

  init(_ fusion: Fusion, producer: Set<NodeID>, own: Set<NodeID>, _ rank: Int) {
    self.fusion = fusion
    self.producer = producer
    self.own = own
    self.rank = rank
  }

  /// True iff `root` reads the producer only in its own row.
  func staysInRow(_ root: NodeID) -> Bool {
    let position = fusion.graph[root].types[0].dims.map { Index(variable("i", $0)) }
    row = Array(position[..<rank])
    seen = []
    _ = expand(Value(root), position)
    return isInRow
  }

  private func variable(_ name: String, _ extent: Int) -> Variable {
    nextVariable += 1
    return Variable(id: nextVariable, name: name, extent: extent)
  }

  private func visit(_ value: Value, _ index: [Index]) -> Expression {
    let id = value.node
    let type = fusion.graph.type(value)
    let standIn = Expression.load(
      Buffer(id: id.index, name: "x", type: type.element, shape: type.dims), index)
    if producer.contains(id) || own.contains(id) {
      if Array(index.prefix(rank)) != row { isInRow = false }
      return standIn
    }
    if fusion.isArray(id) && !fusion.isAlias(id) { return standIn }
    if fusion.isAlias(id), let maker = fusion.maker(of: value) {
      // A reshape of an array that is made in a row is not followed.
      if fusion.groups[maker].roots.contains(where: { producer.contains($0) || own.contains($0) }) {
        isInRow = false
      }
      return standIn
    }
    guard seen.insert(Place(value: value, index: index)).inserted, isInRow else { return standIn }
    return expand(value, index)
  }

  private func expand(_ value: Value, _ index: [Index]) -> Expression {
    let node = fusion.graph[value.node]
    let access: OperationDefinition.Access = { self.visit(node.operands[$0], $1) }
    switch node.op.definition(node.operands.map { fusion.graph.type($0) }, node.types) {
    case .element(let define): return define(access, index)
    case .reduction(let define): return define(access, index, variable)
    case .loops, .none:
      isInRow = false
      return access(0, index)
    }
  }
}
