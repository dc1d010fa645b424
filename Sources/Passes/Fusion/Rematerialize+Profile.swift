internal import GraphIR
internal import Support

/// The bytes that are alive at each item of a sequence.
struct Profile {
  private let bytes: [Int]
  /// The most bytes that are alive at one item.
  let peak: Int
  private let place: Int
  private let items: [NodeID]
  private let facts: [NodeID: StepFacts]
  /// For each item, the items whose results it reads.
  private let makers: [[Int]]
  /// For each item and result, the item that reads it last.
  private let last: [[Int]]

  /// - Parameter kept: the values that stay in the arena until the end.
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

  /// The items whose results are alive at the peak but not read there, each with the next item that
  /// reads one; largest first, and not all if there are many.
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

  /// The items whose results nobody reads, and those that only serve them.
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
