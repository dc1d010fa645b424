internal import GraphIR
internal import LoopIR
internal import Support

// Step 2 of fusion: joining groups.
extension Fusion {
  mutating func mergeGroups() {
    var merger = GroupMerger(self)
    merger.mergeChains()
    merger.mergeScalars()
    merger.mergeRows()
    self = merger.fusion
  }
}

/// Groups that are being joined, and how they depend on each other.
private struct GroupMerger {
  var fusion: Fusion
  // What each group reads, how many nodes it has, and whether all its roots are maps, views or
  // choices.
  private var reads: [[Value]] = []
  private var size: [Int] = []
  private var isElementwise: [Bool] = []
  private var isOpaque: [Bool] = []
  /// For each group the groups that read what it makes.
  private var readers: [Set<Int>]
  /// All groups, each after those that it reads; and where in there each one is.
  private var sequence: [Int]
  private var place: [Int]

  init(_ fusion: Fusion) {
    self.fusion = fusion
    readers = Array(repeating: [], count: fusion.groups.count)
    // Roots are in the order of their nodes, so each comes after those that it reads.
    sequence = Array(fusion.groups.indices)
    place = sequence
    for group in fusion.groups.indices {
      let members = fusion.members(of: group)
      reads.append(members.reads)
      size.append(members.nodes.count)
      let roles = fusion.groups[group].map { fusion.role($0) }
      let replaces = fusion.groups[group].contains { fusion.replacing.contains($0) }
      isOpaque.append(replaces || roles.contains(.opaque) || roles.contains(.control))
      isElementwise.append(!replaces && roles.allSatisfy { [.map, .view, .choice].contains($0) })
      for value in members.reads {
        if let producer = fusion.maker(of: value) { readers[producer].insert(group) }
      }
    }
  }

  private func isGone(_ group: Int) -> Bool { fusion.groups[group].isEmpty }

  /// Joins each group of maps with the groups that it reads element by element.
  mutating func mergeChains() {
    for consumer in fusion.groups.indices where !isGone(consumer) && isElementwise[consumer] {
      var target = consumer
      for value in reads[consumer] {
        guard let producer = fusion.maker(of: value), producer != target,
          canMerge(producer, into: target)
        else { continue }
        merge(target, into: producer)
        target = producer
      }
    }
  }

  /// Joins groups that compute single numbers, so that there are few of them.
  mutating func mergeScalars() {
    var targets: [Int] = []
    for group in fusion.groups.indices
    where !isGone(group) && isElementwise[group] && fusion.domain(group)?.rank == 0 {
      let target = targets.first { target in
        let (first, last) = place[target] < place[group] ? (target, group) : (group, target)
        return size[target] + size[group] <= Fusion.mostNodes
          && !readers[first].contains(last) && !isReached(last, from: readers[first])
      }
      if let target {
        merge(group, into: target)
      } else {
        targets.append(group)
      }
    }
  }

  /// Joins groups with those whose rows they read, so that a row stays in cache.
  mutating func mergeRows() {
    var changes = true
    while changes {
      changes = false
      for consumer in fusion.groups.indices where !isGone(consumer) {
        for value in reads[consumer] {
          guard let producer = fusion.maker(of: value), producer != consumer,
            size[producer] + size[consumer] <= Fusion.mostNodes,
            let rank = fusion.sharedRows(producer, consumer),
            !isReached(consumer, from: readers[producer].subtracting([consumer]))
          else { continue }
          merge(producer, into: consumer)
          fusion.rows[consumer] = rank
          changes = true
          break
        }
      }
    }
  }

  private func canMerge(_ producer: Int, into consumer: Int) -> Bool {
    guard fusion.domain(producer) == fusion.domain(consumer), !isOpaque[producer],
      isElementwise[producer] || isElementwise[consumer],
      size[producer] + size[consumer] <= Fusion.mostNodes,
      fusion.readsElementwise(consumer, producer)
    else { return false }
    // Another way from one to the other would have to run between them.
    return !isReached(consumer, from: readers[producer].subtracting([consumer]))
  }

  // True iff there is a way from one of `starts` to `target`; nothing behind it in the sequence
  // leads there.
  private func isReached(_ target: Int, from starts: Set<Int>) -> Bool {
    var seen: Set<Int> = []
    var stack = Array(starts)
    while let group = stack.popLast() {
      if group == target { return true }
      guard place[group] < place[target], seen.insert(group).inserted else { continue }
      stack += readers[group]
    }
    return false
  }

  private mutating func merge(_ group: Int, into target: Int) {
    reorder(group, target)
    for id in fusion.groups[group] { fusion.groupOf[id] = target }
    fusion.groups[target] = (fusion.groups[target] + fusion.groups[group]).sorted()
    fusion.groups[group] = []
    size[target] += size[group]
    isElementwise[target] = isElementwise[target] && isElementwise[group]
    isOpaque[target] = isOpaque[target] || isOpaque[group]
    for value in reads[group] {
      guard let producer = fusion.maker(of: value) else { continue }
      readers[producer].remove(group)
      if producer != target { readers[producer].insert(target) }
    }
    readers[target].formUnion(readers[group])
    readers[target].remove(target)
    readers[target].remove(group)
    readers[group] = []
    let own = fusion.groupOf
    let all = Set(reads[target]).union(reads[group]).filter { own[$0.node] != target }
    reads[target] = all.sorted { ($0.node, $0.result) < ($1.node, $1.result) }
    reads[group] = []
  }

  // Puts both groups at one place of the sequence: what stands between them and depends on the
  // first comes behind, all else before.
  private mutating func reorder(_ a: Int, _ b: Int) {
    let (first, last) = place[a] < place[b] ? (a, b) : (b, a)
    let between = sequence[place[first]...place[last]]
    var depends: Set<Int> = [first]
    var (before, behind): ([Int], [Int]) = ([], [])
    var stack = Array(readers[first])
    while let group = stack.popLast() {
      guard group != last, place[group] < place[last], depends.insert(group).inserted else {
        continue
      }
      stack += readers[group]
    }
    for group in between where group != first && group != last && !isGone(group) {
      if depends.contains(group) { behind.append(group) } else { before.append(group) }
    }
    var new = before + [first, last] + behind
    // The places of groups that are gone stay taken.
    new += between.filter { isGone($0) }
    var number = place[first]
    for group in new {
      sequence[number] = group
      place[group] = number
      number += 1
    }
  }
}
