internal import GraphIR
internal import LoopIR
internal import Support

// Step 2 of fusion: merging groups.
extension Fusion {
  mutating func mergeGroups() {
    var merger = GroupMerger(self)
    merger.mergeChains()
    merger.mergeScalars()
    merger.mergeRows()
    self = merger.fusion
  }
}

/// The contents of a group that may be merged with others, and its position.
private struct MergedGroup {
  /// The values that it reads.
  var reads: [Value]
  /// How many nodes it has.
  var size: Int
  /// True iff all its roots are maps, views or choices.
  var isElementwise: Bool
  var isOpaque: Bool
  /// The groups that read its results.
  var readers: Set<GroupID> = []
  /// Its position in the sequence of all groups.
  var place: Int
}

/// Groups that are being merged, and their dependences.
private struct GroupMerger {
  var fusion: Fusion
  private var groups = DenseMap<GroupID, MergedGroup>()
  /// All groups, each after those that it reads.
  private var sequence: [GroupID]

  init(_ fusion: Fusion) {
    self.fusion = fusion
    // Roots are in the order of their nodes, so each comes after those that it reads.
    sequence = fusion.groups.ids
    for group in sequence {
      let members = fusion.members(of: group)
      let roots = fusion.groups[group].roots
      let roles = roots.map { fusion.role($0) }
      let replaces = roots.contains { fusion.replacing.contains($0) }
      _ = groups.append(
        MergedGroup(
          reads: members.reads, size: members.nodes.count,
          isElementwise: !replaces && roles.allSatisfy { [.map, .view, .choice].contains($0) },
          isOpaque: replaces || roles.contains(.opaque) || roles.contains(.control),
          place: group.index))
    }
    for group in sequence {
      for value in groups[group].reads {
        if let producer = fusion.maker(of: value) { groups[producer].readers.insert(group) }
      }
    }
  }

  // True iff a group is not merged into another.
  private func isThere(_ group: GroupID) -> Bool { !fusion.groups[group].isGone }

  /// Merges each group of maps with the groups that it reads element by element.
  mutating func mergeChains() {
    for consumer in groups.ids where isThere(consumer) && groups[consumer].isElementwise {
      var target = consumer
      for value in groups[consumer].reads {
        guard let producer = fusion.maker(of: value), producer != target,
          canMerge(producer, into: target)
        else { continue }
        merge(target, into: producer)
        target = producer
      }
    }
  }

  /// Merges groups that compute single numbers, to have fewer kernels.
  mutating func mergeScalars() {
    var targets: [GroupID] = []
    for group in groups.ids
    where isThere(group) && groups[group].isElementwise && fusion.domain(group)?.rank == 0 {
      let target = targets.first { target in
        let isBefore = groups[target].place < groups[group].place
        let (first, last) = isBefore ? (target, group) : (group, target)
        return fits(target, group) && !groups[first].readers.contains(last)
          && !isReached(last, from: groups[first].readers)
      }
      if let target {
        merge(group, into: target)
      } else {
        targets.append(group)
      }
    }
  }

  /// Merges groups with those whose rows they read, so that a row stays in cache.
  mutating func mergeRows() {
    var changes = true
    while changes {
      changes = false
      for consumer in groups.ids where isThere(consumer) {
        for value in groups[consumer].reads {
          guard let producer = fusion.maker(of: value), producer != consumer,
            fits(producer, consumer), !readsReshape(consumer, of: producer),
            let rank = fusion.sharedRows(producer, consumer),
            !isReached(consumer, from: groups[producer].readers.subtracting([consumer]))
          else { continue }
          merge(producer, into: consumer)
          fusion.groups[consumer].rows = rank
          changes = true
          break
        }
      }
    }
  }

  // True iff the consumer reads an array of the producer under another shape, which is no operation
  // of a kernel; even if none of its elements matter, as of a slice that can only begin at 0.
  private func readsReshape(_ consumer: GroupID, of producer: GroupID) -> Bool {
    groups[consumer].reads.contains { value in
      fusion.isAlias(value.node) && fusion.maker(of: value) == producer
    }
  }

  // True iff two groups together are not too large for a kernel.
  private func fits(_ a: GroupID, _ b: GroupID) -> Bool {
    groups[a].size + groups[b].size <= Fusion.mostNodes
  }

  private func canMerge(_ producer: GroupID, into consumer: GroupID) -> Bool {
    guard fusion.domain(producer) == fusion.domain(consumer), !groups[producer].isOpaque,
      groups[producer].isElementwise || groups[consumer].isElementwise, fits(producer, consumer),
      fusion.readsElementwise(consumer, producer)
    else { return false }
    // Groups on another path from one to the other would have to run between them.
    return !isReached(consumer, from: groups[producer].readers.subtracting([consumer]))
  }

  // True iff there is a path from one of `starts` to `target`; groups after it in the sequence
  // cannot lead there.
  private func isReached(_ target: GroupID, from starts: Set<GroupID>) -> Bool {
    var seen: Set<GroupID> = []
    var stack = Array(starts)
    while let group = stack.popLast() {
      if group == target { return true }
      guard groups[group].place < groups[target].place, seen.insert(group).inserted else {
        continue
      }
      stack += groups[group].readers
    }
    return false
  }

  private mutating func merge(_ group: GroupID, into target: GroupID) {
    reorder(group, target)
    let roots = fusion.groups[group].roots
    for id in roots { fusion.groupOf[id] = target }
    fusion.groups[target].roots = (fusion.groups[target].roots + roots).sorted()
    fusion.groups[group].roots = []
    let old = groups[group]
    groups[target].size += old.size
    groups[target].isElementwise = groups[target].isElementwise && old.isElementwise
    groups[target].isOpaque = groups[target].isOpaque || old.isOpaque
    for value in old.reads {
      guard let producer = fusion.maker(of: value) else { continue }
      groups[producer].readers.remove(group)
      if producer != target { groups[producer].readers.insert(target) }
    }
    groups[target].readers.formUnion(groups[group].readers)
    groups[target].readers.remove(target)
    groups[target].readers.remove(group)
    groups[group].readers = []
    let own = fusion.groupOf
    let all = Set(groups[target].reads).union(old.reads).filter { own[$0.node] != target }
    groups[target].reads = all.sorted { ($0.node, $0.result) < ($1.node, $1.result) }
    groups[group].reads = []
  }

  // Moves both groups to one place of the sequence: groups between them that depend on the first
  // come after it, all others before.
  private mutating func reorder(_ a: GroupID, _ b: GroupID) {
    let (first, last) = groups[a].place < groups[b].place ? (a, b) : (b, a)
    let (start, end) = (groups[first].place, groups[last].place)
    let between = sequence[start...end]
    var depends: Set<GroupID> = [first]
    var (before, behind): ([GroupID], [GroupID]) = ([], [])
    var stack = Array(groups[first].readers)
    while let group = stack.popLast() {
      guard group != last, groups[group].place < end, depends.insert(group).inserted else {
        continue
      }
      stack += groups[group].readers
    }
    for group in between where group != first && group != last && isThere(group) {
      if depends.contains(group) { behind.append(group) } else { before.append(group) }
    }
    var new = before + [first, last] + behind
    // The places of groups that are gone stay taken.
    new += between.filter { !isThere($0) }
    for (place, group) in zip(start..., new) {
      sequence[place] = group
      groups[group].place = place
    }
  }
}
