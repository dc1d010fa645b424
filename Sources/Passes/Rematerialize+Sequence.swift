internal import GraphIR
internal import LoopIR
internal import Support

/// What one step of a graph costs, wherever it runs.
private struct StepFacts {
  /// The arrays that it reads of other steps, as far as they lie in the arena.
  var reads: [Value] = []
  /// The bytes of its results in the arena, when it runs first and when it runs again.
  var bytes: [Int] = []
  var bytesAgain: [Int] = []
  /// The results that may lie where something lies that is read for the last time.
  var inPlace: [(read: Value, result: Int)] = []
  /// The bytes that it needs for itself while it runs.
  var scratch = 0
  /// The work that it is.
  var cost = 0
  var isHeavy = false
  /// False if it changes states, or is a loop or a branch.
  var runsAgain = false
  /// The states that it reads, and those that it changes.
  var states: Set<Operand> = []
  var changes: Set<Operand> = []
  /// True iff something outside the arena, or wanted at the end, is made by it.
  var isNeeded = false
}

/// The steps of a graph in the order in which they run, some of them several times; each reads what
/// was made last.
struct StepSequence {
  private let graph: Graph
  private let facts: [NodeID: StepFacts]
  /// What lies in the arena until the end.
  private let kept: [Value]
  private let mostItems: Int
  private var items: [NodeID]
  private var profile: Profile

  /// The most bytes that are alive at one step.
  var peak: Int { profile.peak }

  init(_ graph: Graph, homes: [Home]) {
    let inputs = graph.inputs.indices.map { Operand.input($0) }
    let placement = Placement(
      graph, inputs: inputs, homes: homes, firstTemporary: 0, firstConstant: 0)
    self.graph = graph
    items = placement.order
    mostItems = 16 * items.count + 16
    kept = Set(graph.outputs.map { graph.source(of: $0) }).filter { placement.isTemporary($0) }
      .sorted { ($0.node, $0.result) < ($1.node, $1.result) }
    var facts: [NodeID: StepFacts] = [:]
    for id in items { facts[id] = StepFacts(id, of: graph, placement, kept) }
    self.facts = facts
    profile = Profile(items, facts, kept)
  }

  /// The graph in which each item is a node.
  var built: Graph {
    var result = Graph()
    var now: [NodeID: NodeID] = [:]
    var first: [NodeID: NodeID] = [:]
    var shapes: [Value: [NodeID: Value]] = [:]
    func add(_ id: NodeID, _ operands: [Value]) -> NodeID {
      let node = graph[id]
      return result.append(
        Node(node.op, operands, types: node.types, name: node.name, site: node.site))
    }
    func new(_ value: Value, _ nodes: [NodeID: NodeID]) -> Value {
      if let node = nodes[value.node] { return Value(node, value.result) }
      precondition(graph[value.node].op is Reshape, "a step comes too late")
      let operand = new(graph[value.node].operands[0], nodes)
      if let known = shapes[operand]?[value.node] { return known }
      let shape = Value(add(value.node, [operand]))
      shapes[operand, default: [:]][value.node] = shape
      return shape
    }
    for id in graph.nodes.ids where facts[id] == nil && !(graph[id].op is Reshape) {
      now[id] = add(id, [])
    }
    first = now
    for id in items {
      let node = add(id, graph[id].operands.map { new($0, now) })
      now[id] = node
      if first[id] == nil { first[id] = node }
    }
    result.outputs = graph.outputs.map { new($0, first) }
    return result
  }

  /// Runs steps again such that less memory is needed where most is; false if nothing helps.
  ///
  /// The plan with the most memory saved for the work is taken. Products are computed again only if
  /// nothing else helps.
  mutating func improve() -> Bool {
    guard let best = best(heavy: false) ?? best(heavy: true) else { return false }
    items = best
    profile = Profile(items, facts, kept)
    return true
  }

  private func best(heavy: Bool) -> [NodeID]? {
    // A step that is as large as the largest would hide what was saved there: all that comes close
    // is looked at.
    let level = profile.peak - max(Arena.alignment, profile.peak / 32)
    let (work, over) = (cost(items), profile.over(level))
    var best: (items: [NodeID], gain: Double)?
    for (item, use) in profile.keptAcrossPeak where facts[items[item]]?.runsAgain == true {
      for deep in [true, false] {
        guard let added = again(items[item], before: use, deep: deep),
          heavy || !added.contains(where: { facts[$0]?.isHeavy == true })
        else { continue }
        for dropsLater in [true, false] {
          let new = inserting(added, at: use, dropsLater: dropsLater)
          if new.count > mostItems || new == items { continue }
          let profile = Profile(new, facts, kept)
          let saved = over - profile.over(level)
          guard profile.peak <= self.profile.peak, saved > 0 else { continue }
          let gain = Double(saved) / Double(max(1, cost(new) - work))
          if gain > best?.gain ?? 0 { best = (new, gain) }
        }
      }
    }
    return best?.items
  }

  private func cost(_ items: [NodeID]) -> Int { items.reduce(0) { $0 + (facts[$1]?.cost ?? 0) } }

  /// Returns the steps that make the results of a step again before an item, in order; with `deep`,
  /// those among them that make what it reads, where that is gone by then. Nil if it cannot be.
  private func again(_ id: NodeID, before use: Int, deep: Bool) -> [NodeID]? {
    let changed = items[..<use].reduce(into: Set<Operand>()) {
      $0.formUnion(facts[$1]?.changes ?? [])
    }
    let gone = deep ? profile.gone(at: use) : []
    var order: [NodeID] = []
    var seen: Set<NodeID> = []
    func visit(_ id: NodeID) -> Bool {
      guard seen.insert(id).inserted else { return true }
      guard let own = facts[id], own.states.isDisjoint(with: changed) else { return false }
      for read in own.reads where gone.contains(read) && facts[read.node]?.runsAgain == true {
        guard visit(read.node) else { return false }
      }
      order.append(id)
      return true
    }
    return visit(id) ? order : nil
  }

  /// Returns the items with some more of them, without those that nobody reads; with `dropsLater`,
  /// without the next runs of the same steps as well.
  private func inserting(_ added: [NodeID], at place: Int, dropsLater: Bool) -> [NodeID] {
    var result = Array(items[..<place]) + added
    let again = Set(added)
    result += items[place...].filter { !dropsLater || !again.contains($0) }
    return withoutUnread(result)
  }

  private func withoutUnread(_ items: [NodeID]) -> [NodeID] {
    var items = items
    while true {
      let unread = Profile.unread(items, facts)
      if unread.isEmpty { return items }
      items = items.indices.filter { !unread.contains($0) }.map { items[$0] }
    }
  }
}

/// What is alive at each item of a sequence.
private struct Profile {
  private let bytes: [Int]
  let peak: Int
  private let place: Int
  private let items: [NodeID]
  private let facts: [NodeID: StepFacts]
  /// For each item, the items that made what it reads.
  private let makers: [[Int]]
  /// For each item and result, the item that reads it last.
  private let last: [[Int]]

  init(_ items: [NodeID], _ facts: [NodeID: StepFacts], _ kept: [Value]) {
    self.items = items
    self.facts = facts
    var now: [NodeID: Int] = [:]
    var first: [NodeID: Int] = [:]
    var makers: [[Int]] = []
    var last: [[Int]] = []
    for (i, id) in items.enumerated() {
      var own: [Int] = []
      for read in facts[id]?.reads ?? [] {
        guard let maker = now[read.node] else { preconditionFailure("a step comes too late") }
        own.append(maker)
        last[maker][read.result] = i
      }
      makers.append(own)
      last.append([Int](repeating: i, count: facts[id]?.bytes.count ?? 0))
      now[id] = i
      if first[id] == nil { first[id] = i }
    }
    for value in kept {
      if let item = first[value.node] { last[item][value.result] = items.count - 1 }
    }
    var changes = [Int](repeating: 0, count: items.count + 1)
    var own = [Int](repeating: 0, count: items.count)
    for (i, id) in items.enumerated() {
      guard let facts = facts[id] else { continue }
      let bytes = first[id] == i ? facts.bytes : facts.bytesAgain
      for (size, last) in zip(bytes, last[i]) {
        changes[i] += size
        changes[last + 1] -= size
      }
      own[i] = facts.scratch
      var taken: Set<Int> = []
      for (read, result) in facts.inPlace where !taken.contains(result) {
        guard let n = facts.reads.firstIndex(of: read), last[makers[i][n]][read.result] == i else {
          continue
        }
        taken.insert(result)
        own[i] -= bytes[result]
      }
    }
    var alive = 0
    bytes = items.indices.map {
      alive += changes[$0]
      return alive + own[$0]
    }
    peak = bytes.max() ?? 0
    place = bytes.firstIndex(of: peak) ?? 0
    self.makers = makers
    self.last = last
  }

  /// The sum of all bytes above a level.
  func over(_ level: Int) -> Int { bytes.reduce(0) { $0 + max(0, $1 - level) } }

  /// The items whose results are alive where most is, but not read there, each with the item that
  /// reads one next; those with most bytes first, and not all if there are many.
  var keptAcrossPeak: [(item: Int, use: Int)] {
    guard !items.isEmpty else { return [] }
    var next: [Int: (use: Int, bytes: Int)] = [:]
    let atPeak = Set(zip(makers[place], facts[items[place]]?.reads ?? []).map { [$0, $1.result] })
    for i in items.indices where i > place {
      for (maker, read) in zip(makers[i], facts[items[i]]?.reads ?? [])
      where maker < place && !atPeak.contains([maker, read.result]) && next[maker] == nil {
        let size = zip(facts[items[maker]]?.bytes ?? [], last[maker]).reduce(0) {
          $0 + ($1.1 > place ? $1.0 : 0)
        }
        next[maker] = (i, size)
      }
    }
    return next.map { (item: $0, use: $1.use, bytes: $1.bytes) }
      .filter { $0.bytes >= peak / 1024 }
      .sorted { ($1.bytes, $0.item) < ($0.bytes, $1.item) }
      .prefix(64).map { ($0.item, $0.use) }
  }

  /// The results that nobody reads from an item on.
  func gone(at place: Int) -> Set<Value> {
    var now: [NodeID: Int] = [:]
    for i in 0..<place { now[items[i]] = i }
    var result: Set<Value> = []
    for (id, i) in now {
      for (n, last) in last[i].enumerated() where last < place { result.insert(Value(id, n)) }
    }
    return result
  }

  /// The items whose results nobody reads, among those that are there for these alone.
  static func unread(_ items: [NodeID], _ facts: [NodeID: StepFacts]) -> Set<Int> {
    var now: [NodeID: Int] = [:]
    var isRead = [Bool](repeating: false, count: items.count)
    for (i, id) in items.enumerated() {
      for read in facts[id]?.reads ?? [] {
        if let maker = now[read.node] { isRead[maker] = true }
      }
      if now[id] == nil, facts[id]?.isNeeded == true { isRead[i] = true }
      now[id] = i
    }
    return Set(items.indices.filter { !isRead[$0] })
  }
}

extension StepFacts {
  fileprivate init(_ id: NodeID, of graph: Graph, _ placement: Placement, _ kept: [Value]) {
    let node = graph[id]
    let results = node.types.indices.map { Value(id, $0) }
    let arrays = Set(node.operands.map { graph.source(of: $0) })
    reads = arrays.filter { placement.isTemporary($0) }
      .sorted { ($0.node, $0.result) < ($1.node, $1.result) }
    bytesAgain = node.types.map { $0.bytes }
    bytes = zip(results, bytesAgain).map { placement.isTemporary($0) ? $1 : 0 }
    cost = bytesAgain.reduce(Cost(of: node, in: graph).operations, +)
    for array in arrays {
      if case .state = placement.operand(array) { states.insert(placement.operand(array)) }
    }
    for result in results {
      if case .state = placement.operand(result) { changes.insert(placement.operand(result)) }
    }
    isNeeded = results.contains { !placement.isTemporary($0) || kept.contains($0) }
    guard let kernel = node.op as? KernelOp else {
      isNeeded = true
      isHeavy = true
      scratch = (node.op as? any RegionOperation)?.regions.map { Self.peak(of: $0) }.max() ?? 0
      return
    }
    runsAgain = changes.isEmpty
    isHeavy = kernel.body.nodes.values.contains {
      $0.op.role == .contract || $0.op.role == .opaque
    }
    scratch = kernel.scratchBytes
    for (i, operand) in node.operands.enumerated() where reads.contains(graph.source(of: operand)) {
      for result in results where placement.isTemporary(result) {
        guard graph.type(operand) == graph.type(result),
          node.operands.count(where: { graph.source(of: $0) == graph.source(of: operand) }) == 1,
          kernel.readsInPlace(i, for: result.result)
        else { continue }
        inPlace.append((graph.source(of: operand), result.result))
      }
    }
  }

  // What the steps of a loop or a branch need; its results lie outside.
  private static func peak(of graph: Graph) -> Int {
    StepSequence(graph, homes: graph.outputs.indices.map { .new(.output($0)) }).peak
  }
}

extension Placement {
  /// True iff a value that a step makes lies in the arena.
  fileprivate func isTemporary(_ value: Value) -> Bool {
    if case .temporary = operand(value) { true } else { false }
  }
}

extension TensorType {
  /// The room that an array takes.
  fileprivate var bytes: Int {
    let alignment = Arena.alignment
    return (shape.count * element.size + alignment - 1) / alignment * alignment
  }
}

extension KernelOp {
  /// The bytes of the panels in which the kernel puts a factor.
  fileprivate var scratchBytes: Int {
    let names = [String](repeating: "x", count: body.inputs.count + body.outputs.count)
    let lowered = lower(
      self, name: name, shared: [:], operandNames: names, resultNames: names, origins: [],
      fixed: [], windows: KernelWindows())
    guard let panels = lowered.packing?.parameters.last?.buffer else { return 0 }
    return TensorType(panels.type, Shape(panels.shape)).bytes
  }
}
