internal import GraphIR
internal import Support

/// The graph of a sequence under construction.
struct SequenceBuild {
  private let graph: Graph
  private var result = Graph()
  /// The first and the latest new node of each node.
  private var first: [NodeID: NodeID] = [:]
  private var last: [NodeID: NodeID] = [:]
  /// The copies of old values of states.
  private var aside: [NodeID: NodeID] = [:]
  /// The reshapes of a new value.
  private var shapes: [Value: [NodeID: Value]] = [:]

  init(_ graph: Graph) { self.graph = graph }

  /// The graph after the last step.
  var finished: Graph {
    var build = self
    build.result.outputs = graph.outputs.map { build.new($0, first) }
    return build.result
  }

  /// Adds an input, a state or a constant.
  mutating func addSource(_ id: NodeID) {
    let node = add(id, [])
    (first[id], last[id]) = (node, node)
  }

  /// Keeps the old value of a state for steps that run again.
  ///
  /// A kernel copies it; the copy has the same name, so that kernels that read one or the other are
  /// equal.
  mutating func putAside(_ id: NodeID) {
    guard aside[id] == nil, let state = last[id] else { return }
    let node = graph[id]
    let name = node.name ?? "state"
    let body = GraphBuilder()
    body.name = name
    let input = body.apply(Input(0, node.types[0]))
    body.outputs = [input].compactMap(\.value)
    aside[id] = result.append(
      Node(
        KernelOp(name: "keep_\(name)", body: body.graph), [Value(state)], types: node.types,
        name: name, site: node.site))
  }

  /// Adds a step, which reads the latest values.
  mutating func addStep(_ id: NodeID) {
    var nodes = last
    if first[id] != nil { nodes.merge(aside) { $1 } }
    let node = add(id, graph[id].operands.map { new($0, nodes) })
    last[id] = node
    if first[id] == nil { first[id] = node }
  }

  private mutating func add(_ id: NodeID, _ operands: [Value]) -> NodeID {
    let node = graph[id]
    return result.append(
      Node(node.op, operands, types: node.types, name: node.name, site: node.site))
  }

  private mutating func new(_ value: Value, _ nodes: [NodeID: NodeID]) -> Value {
    if let node = nodes[value.node] { return Value(node, value.result) }
    precondition(graph[value.node].op is Reshape, "a step comes too late")
    let operand = new(graph[value.node].operands[0], nodes)
    if let known = shapes[operand]?[value.node] { return known }
    let shape = Value(add(value.node, [operand]))
    shapes[operand, default: [:]][value.node] = shape
    return shape
  }
}
