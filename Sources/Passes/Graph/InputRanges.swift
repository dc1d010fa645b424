package import GraphIR
package import LoopIR

/// Returns the allowed values of integer inputs, by the names of function and input, where the
/// graph implies them: classes are compared with all class numbers, rows are gathered by index.
///
///     %0 = input {0} : i32[64] "label"
///     %1 = broadcast %0 {0} : i32[64, 10]
///     %2 = iota {1} : i32[64, 10]
///     %3 = equal %1, %2 : bool[64, 10]
/// ->
///     label: 0 ... 9
///
/// An input with a use that might accept other numbers gets no range.
package func inputRanges(of program: GraphProgram) -> [String: [String: IntegerRange]] {
  var found: [String: [String: IntegerRange]] = [:]
  for function in program.functions {
    let graph = function.graph
    let users = graph.users()
    for input in graph.inputs where graph.type(Value(input)).element.isInteger {
      guard let name = graph[input].name else { continue }
      var uses = Uses()
      uses.follow(Value(input), in: graph, users)
      if let range = uses.range { found[function.name, default: [:]][name] = range }
    }
  }
  return found
}

// The constraints from the uses of an integer.
private struct Uses {
  private var count: Int?
  private var others: Set<Int> = []
  private var isOpen = false

  var range: IntegerRange? {
    guard let count, !isOpen else { return nil }
    let outside = others.filter { !(0..<count).contains($0) }
    return IntegerRange(count: count, others: outside.sorted())
  }

  mutating func follow(_ value: Value, in graph: Graph, _ users: [[NodeID]]) {
    for id in users[value.node.index] {
      let node = graph[id]
      for (place, operand) in node.operands.enumerated() where operand == value {
        use(value, by: node, id, at: place, in: graph, users)
      }
    }
  }

  private mutating func use(
    _ value: Value, by node: Node, _ id: NodeID, at place: Int, in graph: Graph,
    _ users: [[NodeID]]
  ) {
    switch node.op {
    case is Reshape, is Broadcast, is Transpose, is Slice:
      follow(Value(id), in: graph, users)
    case is Cast where node.types[0].element.isInteger:
      follow(Value(id), in: graph, users)
    case let gather as Gather where place == 1:
      limit(graph.type(node.operands[0]).dims[gather.axis])
    case let take as TakeAlongAxis where place == 1:
      limit(graph.type(node.operands[0]).dims[take.axis])
    case let map as Map where map.function == .equal || map.function == .notEqual:
      compare(with: node.operands[1 - place], in: graph)
    default:
      isOpen = true
    }
  }

  // A number that it is compared with is allowed; so are all positions of an axis.
  private mutating func compare(with other: Value, in graph: Graph) {
    var other = other
    while graph[other.node].op is Broadcast || graph[other.node].op is Reshape {
      other = graph[other.node].operands[0]
    }
    switch graph[other.node].op {
    case let iota as Iota: limit(iota.type.dims[iota.axis])
    case let constant as Constant:
      for value in constant.values { others.insert(Int(exactly: value.double) ?? 0) }
    default: break
    }
  }

  private mutating func limit(_ count: Int) { self.count = min(self.count ?? count, count) }
}
