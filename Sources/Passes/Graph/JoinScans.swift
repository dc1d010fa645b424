internal import GraphIR
internal import Support

extension GraphPass {
  /// Merges loops that differ only in their results.
  ///
  ///     %1 = scan %0 {8, carries 1, slices 0} : f32[4] { ... yield %h }
  ///     %2, %3 = scan %0 {8, carries 1, slices 0} : f32[4], f32[8, 4] { ... yield %h, %x }
  /// ->
  ///     %1, %2 = scan %0 {8, carries 1, slices 0} : f32[4], f32[8, 4] { ... yield %h, %x }
  ///
  /// The gradient of a loop makes such a second loop, which keeps more.
  package static let joinScans = GraphPass(
    "join-scans", "merge loops that compute the same",
    each: { graph in
      let groups = ScanGroups(graph)
      guard groups.isNeeded else { return graph }
      var made: [Int: [Tensor]] = [:]
      return Rewriter.run(graph) { rewriter, id in
        guard let (group, results) = groups.member(id) else { return nil }
        let all = made[group] ?? rewriter.apply(groups.joined(group), rewriter.operands(id))
        made[group] = all
        return results.map { all[$0] }
      }
    })
}

/// The loops of a graph by their bodies.
private struct ScanGroups {
  private struct Key: Hashable {
    let operands: [Value]
    /// The loop with the carries as its only results.
    let loop: Scan
  }

  private var loops: [Scan] = []
  private var outputs: [[Value]] = []
  private var members: [NodeID: (group: Int, results: [Int])] = [:]

  init(_ graph: Graph) {
    var known: [Key: Int] = [:]
    for id in graph.nodes.ids {
      guard let scan = graph[id].op as? Scan else { continue }
      let slots = scan.slots
      var body = scan.body
      body.outputs = slots.carries.map { scan.body.outputs[$0.result] }
      let key = Key(operands: graph[id].operands, loop: scan.with(body: body))
      let group = known[key] ?? loops.count
      if group == loops.count {
        known[key] = group
        loops.append(key.loop)
        outputs.append([])
      }
      let stacks = slots.stacks.map { result -> Int in
        let output = scan.body.outputs[result]
        let known = outputs[group].firstIndex(of: output) ?? outputs[group].count
        if known == outputs[group].count { outputs[group].append(output) }
        return slots.stacks.lowerBound + known
      }
      members[id] = (group, slots.carries.map(\.result) + stacks)
    }
  }

  /// True iff some loop changes.
  var isNeeded: Bool {
    members.count > loops.count
      || members.values.contains { $0.results != Array($0.results.indices) }
  }

  func member(_ id: NodeID) -> (group: Int, results: [Int])? { members[id] }

  /// The loop with the results of all loops of a group.
  func joined(_ group: Int) -> Scan {
    var body = loops[group].body
    body.outputs += outputs[group]
    return loops[group].with(body: body)
  }
}
