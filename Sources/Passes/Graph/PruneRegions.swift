internal import GraphIR
internal import Support

extension GraphPass {
  /// Removes unused results, carries and operands of loops and branches; a carry that no step
  /// changes becomes an invariant, and a constant operand moves inside.
  ///
  ///     %3, %4 = scan %h, %n {8, carries 2, slices 0} : f32[4], f32[] { ... yield %next, %n }
  ///     return %3
  /// ->
  ///     %3 = scan %h, %n {8, carries 1, slices 0} : f32[4] { ... yield %next }
  ///     return %3
  package static let pruneRegions = GraphPass(
    "prune-regions", "remove unused values of loops and branches"
  ) { program in
    for i in program.functions.indices {
      let graph = program.functions[i].graph
      // An outer carry may be found to stay the same only when the inner loop has lost it.
      program.functions[i].graph = (0..<graph.depth).reduce(graph) { graph, _ in prune(graph) }
    }
  }
}

extension Graph {
  // How deep loops and branches are nested.
  fileprivate var depth: Int {
    nodes.values.reduce(0) { depth, node in
      guard let op = node.op as? any ControlOperation else { return depth }
      return max(depth, 1 + (op.regions.map(\.depth).max() ?? 0))
    }
  }
}

// Outer regions first, as the needs of inner ones depend on them.
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
    // Unused nodes disappear later; their operands may be pruned already.
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

/// The rest of an operation with regions if only some of its results are used.
private struct RegionPlan {
  /// The replacement of an old result: a new one, or an operand that no step changes.
  enum Source {
    case result(Int)
    case operand(Int)

    var operand: Int? {
      if case .operand(let i) = self { i } else { nil }
    }
  }

  private(set) var op: any ControlOperation
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
    let (body, slots) = (scan.body, scan.slots)
    let inputs = body.inputs
    let given = used.filter { slots.stacks.contains($0) }
    let live = liveCarries(
      slots.carries, of: body, used: Set(used), other: given.map { body.outputs[$0] })
    // What no step changes is no carry.
    let fixed = slots.carries.filter { body.outputs[$0.result] == Value(inputs[$0.input]) }
    let carries = live.filter { !fixed.contains($0) }
    var outputs = carries.map { body.outputs[$0.result] }
    for carry in fixed where used.contains(carry.result) {
      results[carry.result] = .operand(carry.operand)
    }
    for (n, carry) in carries.enumerated() { results[carry.result] = .result(n) }
    for i in given {
      // Merges equal results.
      if let n = outputs[carries.count...].firstIndex(of: body.outputs[i]) {
        results[i] = .result(n)
      } else {
        results[i] = .result(outputs.count)
        outputs.append(body.outputs[i])
      }
    }
    let reached = body.inputs(reachedFrom: outputs)
    let slices = slots.slices.filter { reached.contains($0.input) }
    let same = (fixed.map(\.slot) + slots.constants).filter { reached.contains($0.input) }
    let kept = carries.map(\.slot) + slices + same
    operands = kept.map(\.operand)
    op = Scan(
      length: scan.length, carries: carries.count, slices: slices.count,
      isReversed: scan.isReversed, memory: scan.memory,
      body: body.cut(
        inputs: ([slots.step] + kept.map(\.input)).map { Value(inputs[$0]) }, outputs: outputs))
  }

  private mutating func plan(_ loop: While, _ used: [Int]) {
    let (condition, body, slots) = (loop.condition, loop.body, loop.slots)
    let tested = condition.inputs(reachedFrom: condition.outputs)
    let wanted = slots.carries.filter { tested.contains($0.input) }.map(\.result)
    let live = liveCarries(slots.carries, of: body, used: Set(used + wanted), other: [])
    // What no step changes is no carry, but a loop has at least one.
    let changed = live.filter { body.outputs[$0.result] != Value(body.inputs[$0.input]) }
    let carries = changed.isEmpty ? live : changed
    let fixed = live.filter { !carries.contains($0) }
    for carry in fixed { results[carry.result] = .operand(carry.operand) }
    for (n, carry) in carries.enumerated() { results[carry.result] = .result(n) }
    let outputs = carries.map { body.outputs[$0.result] }
    let reached = body.inputs(reachedFrom: outputs).union(tested)
    let same = (fixed.map(\.slot) + slots.constants).filter { reached.contains($0.input) }
    let kept = carries.map(\.slot) + same
    operands = kept.map(\.operand)
    op = While(
      carries: carries.count,
      condition: condition.cut(
        inputs: kept.map { Value(condition.inputs[$0.input]) }, outputs: condition.outputs),
      body: body.cut(inputs: kept.map { Value(body.inputs[$0.input]) }, outputs: outputs))
  }

  private mutating func plan(_ cond: Cond, _ used: [Int]) {
    for (n, i) in used.enumerated() { results[i] = .result(n) }
    let outputs = cond.regions.map { region in used.map { region.outputs[$0] } }
    let reached = zip(cond.regions, outputs).reduce(into: Set<Int>()) {
      $0.formUnion($1.0.inputs(reachedFrom: $1.1))
    }
    let kept = cond.passed.filter { reached.contains($0.input) }
    operands = [Cond.condition] + kept.map(\.operand)
    op = cond.replacing(
      regions: zip(cond.regions, outputs).map { region, outputs in
        region.cut(inputs: kept.map { Value(region.inputs[$0.input]) }, outputs: outputs)
      })
  }
}

// The carries whose results are used, and those that these, or other values of a step, depend on.
private func liveCarries(
  _ carries: [CarrySlot], of body: Graph, used: Set<Int>, other: [Value]
) -> [CarrySlot] {
  let inputs = body.inputs
  var live = carries.filter { used.contains($0.result) }
  while true {
    let reached = body.nodesReached(from: other + live.map { body.outputs[$0.result] })
    let more = carries.filter { live.contains($0) || reached.contains(inputs[$0.input]) }
    if more == live { return live }
    live = more
  }
}

// Constant operands become constants inside.
private func sinkConstants(
  _ op: any ControlOperation, _ operands: [Tensor], _ builder: GraphBuilder
) -> (any ControlOperation, [Tensor]) {
  let sunk = op.constants.filter { slot in
    guard let value = operands[slot.operand].value else { return false }
    let node = builder.graph[value.node]
    return node.operands.isEmpty && node.op.role == .view
  }
  if sunk.isEmpty { return (op, operands) }
  let gone = (operands: Set(sunk.map(\.operand)), inputs: Set(sunk.map(\.input)))
  let regions = op.regions.map { region -> Graph in
    let inside = GraphBuilder()
    var inputs = region.inputs.enumerated().map { i, id -> Tensor? in
      let node = region[id]
      return gone.inputs.contains(i) ? nil : inside.addInput(node.types[0], named: node.name)
    }
    inside.name = nil
    for slot in sunk {
      guard let value = operands[slot.operand].value else { continue }
      inputs[slot.input] = inside.apply(builder.graph[value.node].op, [])[0]
    }
    let values = region.inlined(into: inside, inputs: inputs.compactMap { $0 })
    inside.outputs = region.outputs.compactMap { values[$0]?.value }
    return inside.graph
  }
  let kept = operands.indices.filter { !gone.operands.contains($0) }
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
