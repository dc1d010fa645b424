internal import GraphIR
internal import LoopIR
internal import Support

extension GraphPass {
  /// Groups operations into kernels, by their roles only.
  ///
  ///     %2 = contract %x, %w
  ///     %3 = add %2, %b
  ///     return %3
  /// ->
  ///     %0 = kernel %x, %w, %b { %2 = contract %x, %w; %3 = add %2, %b; yield %3 }
  ///     return %0
  ///
  /// In three steps: `findRoots` decides which values get an array of their own, all others are
  /// computed where they are used; each root begins a group; `mergeGroups` joins a group with the
  /// one that reads it element by element, and then groups that read each other row by row. Loops
  /// and branches stay as they are; their graphs have kernels of their own.
  package static let fuse = fuse(for: .portable)

  /// The pass that groups operations into kernels for a machine.
  package static func fuse(for machine: Machine) -> GraphPass {
    GraphPass(
      "fuse", "group operations into kernels",
      each: { graph in
        // An unused node would become a kernel without results.
        var fusion = Fusion(removeDeadNodes(graph), machine)
        fusion.findRoots()
        fusion.mergeGroups()
        return fusion.build()
      })
  }
}

/// The number of a group.
struct GroupID: EntityID {
  let index: Int

  init(index: Int) { self.index = index }
}

/// Operations that become one kernel.
struct FusionGroup {
  /// The values that get arrays of their own, in order; none once the group is merged into another.
  var roots: [NodeID]
  /// How many axes count the rows, if the kernel works row by row.
  var rows: Int?

  /// True iff the group is merged into another.
  var isGone: Bool { roots.isEmpty }
}

/// The groups of a graph while they are formed.
struct Fusion {
  /// The largest number of operations in one kernel, and the longest expression for one value:
  /// longer ones are unreadable and slow to compile.
  static let mostNodes = 512
  static let longestExpression = 256

  let graph: Graph
  let machine: Machine
  let users: [[NodeID]]
  let isOutput: [Bool]
  /// The group of each node that has an array of its own.
  var groupOf: [NodeID: GroupID] = [:]
  var groups = DenseMap<GroupID, FusionGroup>()
  /// The values that are an array with a part replaced, computed in that array.
  var replacing: Set<NodeID> = []
  /// The borders that are added to a plane when it is copied for the sums over its windows.
  private(set) var borders: Set<NodeID> = []

  init(_ graph: Graph, _ machine: Machine) {
    self.graph = graph
    self.machine = machine
    users = graph.users()
    var isOutput = [Bool](repeating: false, count: graph.nodes.count)
    for output in graph.outputs { isOutput[output.node.index] = true }
    // A loop or a branch takes whole arrays.
    for node in graph.nodes.values where node.op.role == .control {
      for operand in node.operands { isOutput[operand.node.index] = true }
    }
    self.isOutput = isOutput
    borders = Set(graph.nodes.ids.filter { isBorderOfPlanes($0) })
  }

  func role(_ id: NodeID) -> FusionRole { graph[id].op.role }

  /// True iff the value is an array when a kernel begins: it comes from outside or from a kernel.
  func isArray(_ id: NodeID) -> Bool { groupOf[id] != nil || role(id) == .boundary || isAlias(id) }

  /// True iff the node is only another shape for an array.
  func isAlias(_ id: NodeID) -> Bool {
    guard graph[id].op is Reshape, groupOf[id] == nil else { return false }
    return !addsOnlyOnes(id) && isArray(graph[id].operands[0].node)
  }

  // True iff a reshape only adds or takes away axes of extent 1.
  private func addsOnlyOnes(_ id: NodeID) -> Bool {
    let source = graph.type(graph[id].operands[0])
    return source.dims.filter { $0 != 1 } == graph[id].types[0].dims.filter { $0 != 1 }
  }
}

// The contents of a group.
extension Fusion {
  /// The nodes of a group, in order: its roots and everything computed for them; and the values it
  /// reads.
  func members(of group: GroupID) -> (nodes: [NodeID], reads: [Value]) {
    var inside: Set<NodeID> = []
    var reads: Set<Value> = []
    var stack = groups[group].roots
    while let id = stack.popLast() {
      guard inside.insert(id).inserted else { continue }
      for operand in graph[id].operands {
        if groupOf[operand.node] == group {
          stack.append(operand.node)
        } else if isArray(operand.node) {
          reads.insert(operand)
        } else {
          stack.append(operand.node)
        }
      }
    }
    return (inside.sorted(), reads.sorted { ($0.node, $0.result) < ($1.node, $1.result) })
  }

  /// The group whose kernel makes `value`, looking through aliases; nil if it is not made by a
  /// kernel.
  func maker(of value: Value) -> GroupID? {
    if let group = groupOf[value.node] { return group }
    if isAlias(value.node) { return maker(of: graph[value.node].operands[0]) }
    return nil
  }

  /// The shape over which a group loops.
  func domain(_ group: GroupID) -> Shape? {
    groups[group].roots.first.map { graph[$0].types[0].shape }
  }

  /// True iff the elements of the roots of `producer` are only read at the position that is being
  /// computed when the roots of `consumer` are.
  func readsElementwise(_ consumer: GroupID, _ producer: GroupID) -> Bool {
    var seen: Set<NodeID> = []
    var moved: Set<NodeID> = []
    var stack = groups[consumer].roots.map { ($0, true) }
    while let (id, inPlace) = stack.popLast() {
      if inPlace ? !seen.insert(id).inserted : !moved.insert(id).inserted { continue }
      if groupOf[id] == producer {
        if !inPlace { return false }
        continue
      }
      if groupOf[id] != nil && groupOf[id] != consumer { continue }
      if isAlias(id) {
        if maker(of: Value(id)) == producer { return false }
        continue
      }
      let keeps = inPlace && role(id) == .map
      for operand in graph[id].operands where role(operand.node) != .boundary {
        stack.append((operand.node, keeps))
      }
    }
    return true
  }
}
