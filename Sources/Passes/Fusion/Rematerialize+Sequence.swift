internal import GraphIR
internal import LoopIR
internal import Support

/// The steps of a graph in the order in which they run, some of them several times; each reads what
/// was made last.
///
/// A step that runs again may come behind one that changes a state which it reads. Of a small state
/// the old value is put aside for it; a large one must not be changed before.
struct StepSequence {
  /// The largest state that is copied, in bytes.
  static let fewBytes = 4096

  private let graph: Graph
  private let facts: [NodeID: StepFacts]
  /// The values that stay in the arena until the end.
  private let kept: [Value]
  private let mostItems: Int
  private var items: [NodeID]
  private var profile: Profile

  /// The most bytes that are alive at one step.
  var peak: Int { profile.peak }

  init(_ graph: Graph, homes: [Home], _ kernels: KernelPlans) {
    let inputs = graph.inputs.indices.map { Operand.input($0) }
    let placement = Placement(
      graph, kernels, inputs: inputs, homes: homes, firstTemporary: 0, firstConstant: 0)
    self.graph = graph
    items = placement.order
    mostItems = 16 * items.count + 16
    kept = Set(graph.outputs.map { graph.source(of: $0) }).filter { placement.isInArena($0) }
      .sorted { ($0.node, $0.result) < ($1.node, $1.result) }
    var facts: [NodeID: StepFacts] = [:]
    for id in items { facts[id] = StepFacts(id, of: graph, placement, kept) }
    self.facts = facts
    profile = Profile(items, facts, kept)
  }

  /// The graph in which each item is a node.
  var built: Graph {
    var build = SequenceBuild(graph)
    for id in graph.nodes.ids where facts[id] == nil && !(graph[id].op is Reshape) {
      build.addSource(id)
    }
    var changed: Set<Operand> = []
    var known: Set<NodeID> = []
    for id in items {
      let isAgain = !known.insert(id).inserted
      for operand in graph[id].operands where isAgain {
        let array = graph.source(of: operand)
        guard let read = graph[array.node].op as? ReadState else { continue }
        if changed.contains(.state(read.state.index)) { build.putAside(array.node) }
      }
      changed.formUnion(facts[id]?.changes ?? [])
    }
    for id in items { build.addStep(id) }
    return build.finished
  }

  /// Reduces the peak memory by running steps again; false if nothing helps.
  ///
  /// Takes the plan that saves the most memory per work. Products are computed again only if
  /// nothing else helps.
  mutating func improve() -> Bool {
    guard let best = best(heavy: false) ?? best(heavy: true) else { return false }
    items = best
    profile = Profile(items, facts, kept)
    return true
  }

  private func best(heavy: Bool) -> [NodeID]? {
    // Savings at the largest step do not show if another one is as large, so all steps close to the
    // peak count.
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
  /// including those that make its operands, where these are gone by then. Nil if it cannot be.
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

  /// Returns the items with some more inserted, without those that nobody reads; with `dropsLater`,
  /// also without later runs of the same steps.
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
