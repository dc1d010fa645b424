internal import GraphIR
internal import Support

extension GraphPass {
  /// Removes from loops and branches what nobody needs: results, carries and operands; a carry that
  /// no step changes is no carry, and a constant moves inside.
  ///
  ///     %3, %4 = scan %h, %n {8, carries 2, slices 0} : f32[4], f32[] { ... yield %next, %n }
  ///     return %3
  /// ->
  ///     %3 = scan %h, %n {8, carries 1, slices 0} : f32[4] { ... yield %next }
  ///     return %3
  package static let pruneRegions = GraphPass(
    "prune-regions", "remove what nobody needs of loops and branches"
  ) { program in
    for i in program.functions.indices {
      program.functions[i].graph = prune(program.functions[i].graph)
    }
  }
}

// From outside to inside, as what is needed inside depends on what is needed outside.
private func prune(_ graph: Graph) -> Graph {
  guard graph.nodes.values.contains(where: { $0.op.role == .control }) else { return graph }
  var needed = Set(graph.outputs)
  var plans: [NodeID: RegionPlan] = [:]
  for id in graph.nodes.ids.reversed() {
    let node = graph[id]
    let used = node.types.indices.filter { needed.contains(Value(id, $0)) }
    guard !used.isEmpty else { continue }
    if node.op.role == .control {
      let plan = RegionPlan(node.op, used)
      plans[id] = plan
      needed.formUnion(plan.operands.map { node.operands[$0] })
      needed.formUnion(plan.results.values.compactMap { $0.operand.map { node.operands[$0] } })
    } else {
      needed.formUnion(node.operands)
    }
  }
  return Rewriter.run(graph) { rewriter, id in
    let node = graph[id]
    guard node.op.role == .control else { return nil }
    // What nobody uses disappears later; its operands may be pruned already.
    guard let plan = plans[id] else { return node.types.map { rewriter.builder.constant(0, $0) } }
    let operands = rewriter.operands(id)
    let kept = plan.operands.map { operands[$0] }
    let (op, rest) = sinkConstants(plan.op, kept, rewriter.builder)
    let inner = op.replacing(regions: op.regions.map { prune($0) })
    let results = rewriter.apply(inner, rest)
    return node.types.indices.map { i in
      switch plan.results[i] {
      case .result(let j): results[j]
      case .operand(let j): operands[j]
      case nil: rewriter.builder.constant(0, node.types[i])
      }
    }
  }
}

/// What remains of an operation with graphs if only some of its results are used.
private struct RegionPlan {
  /// Where an old result comes from: a new one, or an operand that no step changes.
  enum Source {
    case result(Int)
    case operand(Int)

    var operand: Int? {
      if case .operand(let i) = self { i } else { nil }
    }
  }

  private(set) var op: any RegionOperation
  /// The operands that remain, in order.
  private(set) var operands: [Int] = []
  private(set) var results: [Int: Source] = [:]

  init(_ op: any Operation, _ used: [Int]) {
    switch op {
    case let scan as Scan:
      self.op = scan
      plan(scan, used)
    case let loop as While:
      self.op = loop
      plan(loop, used)
    case let cond as Cond:
      self.op = cond
      plan(cond, used)
    default: preconditionFailure("'\(op.mnemonic)' holds no graphs")
    }
  }

  private mutating func plan(_ scan: Scan, _ used: [Int]) {
    let body = scan.body
    let inputs = body.inputs
    let fixed = (0..<scan.carries).filter { body.outputs[$0] == Value(inputs[$0 + 1]) }
    let given = used.filter { $0 >= scan.carries }
    let live = liveCarries(
      body, inputs: Array(inputs[1..<(scan.carries + 1)]), used: used.filter { $0 < scan.carries },
      other: given.map { body.outputs[$0] })
    let carries = live.filter { !fixed.contains($0) }
    var outputs = carries.map { body.outputs[$0] }
    for i in used where fixed.contains(i) { results[i] = .operand(i) }
    for (n, i) in carries.enumerated() { results[i] = .result(n) }
    for i in given {
      // Two equal results are one.
      if let n = outputs[carries.count...].firstIndex(of: body.outputs[i]) {
        results[i] = .result(n)
      } else {
        results[i] = .result(outputs.count)
        outputs.append(body.outputs[i])
      }
    }
    let reached = body.inputs(reachedFrom: outputs)
    let slices = (scan.carries..<(scan.carries + scan.slices)).filter { reached.contains($0 + 1) }
    let same =
      fixed.filter { reached.contains($0 + 1) }
      + ((scan.carries + scan.slices)..<(inputs.count - 1)).filter { reached.contains($0 + 1) }
    operands = carries + slices + same
    op = Scan(
      length: scan.length, carries: carries.count, slices: slices.count,
      isReversed: scan.isReversed, memory: scan.memory,
      body: body.cut(inputs: ([-1] + operands).map { Value(inputs[$0 + 1]) }, outputs: outputs))
  }

  private mutating func plan(_ loop: While, _ used: [Int]) {
    let body = loop.body
    let inputs = Array(body.inputs[..<loop.carries])
    let tested = loop.condition.inputs(reachedFrom: loop.condition.outputs)
    let live = liveCarries(
      body, inputs: inputs, used: used + tested.filter { $0 < loop.carries }, other: [])
    for (n, i) in live.enumerated() { results[i] = .result(n) }
    let outputs = live.map { body.outputs[$0] }
    let reached = body.inputs(reachedFrom: outputs).union(tested)
    operands = live + (loop.carries..<body.inputs.count).filter { reached.contains($0) }
    let condition = loop.condition
    op = While(
      carries: live.count,
      condition: condition.cut(
        inputs: operands.map { Value(condition.inputs[$0]) }, outputs: condition.outputs),
      body: body.cut(inputs: operands.map { Value(body.inputs[$0]) }, outputs: outputs))
  }

  private mutating func plan(_ cond: Cond, _ used: [Int]) {
    for (n, i) in used.enumerated() { results[i] = .result(n) }
    let outputs = cond.regions.map { region in used.map { region.outputs[$0] } }
    let reached = zip(cond.regions, outputs).reduce(into: Set<Int>()) {
      $0.formUnion($1.0.inputs(reachedFrom: $1.1))
    }
    let kept = reached.sorted()
    operands = [0] + kept.map { $0 + 1 }
    op = cond.replacing(
      regions: zip(cond.regions, outputs).map { region, outputs in
        region.cut(inputs: kept.map { Value(region.inputs[$0]) }, outputs: outputs)
      })
  }
}

// The carries that some of them, or other values of a step, depend on.
private func liveCarries(_ body: Graph, inputs: [NodeID], used: [Int], other: [Value]) -> [Int] {
  var live = Set(used)
  while true {
    let reached = body.nodesReached(from: other + live.map { body.outputs[$0] })
    let more = live.union(inputs.indices.filter { reached.contains(inputs[$0]) })
    if more == live { return live.sorted() }
    live = more
  }
}

// Operands that are one number everywhere become constants inside.
private func sinkConstants(_ op: any RegionOperation, _ operands: [Tensor], _ builder: GraphBuilder)
  -> (any RegionOperation, [Tensor])
{
  // The first operands that have to stay, and how many inputs stand in front of the operands'.
  let (first, extra): (Int, Int) =
    switch op {
    case let scan as Scan: (scan.carries + scan.slices, 1)
    case let loop as While: (loop.carries, 0)
    default: (1, -1)
    }
  let sunk = operands.indices.filter { i in
    guard i >= first, let value = operands[i].value else { return false }
    let node = builder.graph[value.node]
    return node.operands.isEmpty && node.op.role == .view
  }
  if sunk.isEmpty { return (op, operands) }
  let kept = operands.indices.filter { !sunk.contains($0) }
  let regions = op.regions.map { region -> Graph in
    let inside = GraphBuilder()
    let start = max(extra, 0)
    var inputs = [Tensor?](repeating: nil, count: region.inputs.count)
    func add(_ i: Int) {
      let node = region[region.inputs[i]]
      inputs[i] = inside.addInput(node.types[0], named: node.name)
    }
    for i in 0..<start { add(i) }
    for i in kept where i + extra >= start { add(i + extra) }
    for i in sunk {
      guard let value = operands[i].value else { continue }
      inside.name = nil
      inputs[i + extra] = inside.apply(builder.graph[value.node].op, [])[0]
    }
    let values = region.inlined(into: inside, inputs: inputs.compactMap { $0 })
    inside.outputs = region.outputs.compactMap { values[$0]?.value }
    return inside.graph
  }
  return (op.replacing(regions: regions), kept.map { operands[$0] })
}

extension Graph {
  /// The nodes that `values` depend on.
  fileprivate func nodesReached(from values: [Value]) -> Set<NodeID> {
    var seen: Set<NodeID> = []
    var stack = values.map(\.node)
    while let id = stack.popLast() {
      if seen.insert(id).inserted { stack += self[id].operands.map(\.node) }
    }
    return seen
  }

  /// The positions of the inputs that `values` depend on.
  fileprivate func inputs(reachedFrom values: [Value]) -> Set<Int> {
    let reached = nodesReached(from: values)
    return Set(inputs.indices.filter { reached.contains(inputs[$0]) })
  }
}
