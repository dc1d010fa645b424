internal import LoopIR

/// A block of memory that is needed for some steps.
package struct MemoryRequest {
  package let bytes: Int
  package let life: ClosedRange<Int>

  package init(bytes: Int, life: ClosedRange<Int>) {
    self.bytes = bytes
    self.life = life
  }
}

/// Offsets in one arena such that blocks that are alive at the same time do not overlap.
package struct Arena {
  /// Vectors of every machine fit this, and no two arrays share a cache line.
  package static let alignment = 64

  package let offsets: [Int]
  package let bytes: Int
  /// The largest sum of bytes alive at one step.
  package let lowerBound: Int

  /// Places blocks one after the other, each at the lowest offset where it fits.
  ///
  /// No order is good for all programs, so several are tried. While a plan takes more than the
  /// lower bound, the first block that does not fit below the best plan is placed earlier.
  package init(_ requests: [MemoryRequest]) {
    var search = ArenaSearch(requests)
    search.run()
    (offsets, bytes, lowerBound) = (search.offsets, search.bytes, search.lowerBound)
  }
}

/// The search for a plan that takes no more than the lower bound.
///
/// It is the same on every machine: its end is counted, not timed.
private struct ArenaSearch {
  // How often two blocks are compared at most, and how often one is placed earlier; less where the
  // plan is close to the bound.
  private static let mostComparisons = 50_000_000
  private static let mostTries = 1000

  private let sizes: [Int]
  private let first: [Int]
  private let last: [Int]
  let lowerBound: Int
  /// The best plan so far.
  private(set) var offsets: [Int] = []
  private(set) var bytes = Int.max
  private var comparisons = 0

  init(_ requests: [MemoryRequest]) {
    sizes = requests.map { ($0.bytes + Arena.alignment - 1) / Arena.alignment * Arena.alignment }
    first = requests.map(\.life.lowerBound)
    last = requests.map(\.life.upperBound)
    lowerBound = ArenaSearch.lowerBound(sizes, first, last)
  }

  mutating func run() {
    let orders = self.orders
    for (n, order) in orders.enumerated() where bytes > lowerBound {
      improve(order, share: n + 1, of: orders.count)
    }
  }

  // Large blocks first; long-lived blocks first, as live ranges in a network are nested; large and
  // long-lived ones first; and in order of creation.
  private var orders: [[Int]] {
    let life = zip(first, last).map { $1 - $0 + 1 }
    func order(by keys: (Int) -> (Int, Int, Int)) -> [Int] {
      let rows = sizes.indices.map { (keys: keys($0), block: $0) }
      return rows.sorted { $0.keys == $1.keys ? $0.block < $1.block : $0.keys < $1.keys }
        .map(\.block)
    }
    return [
      order { (-sizes[$0], first[$0], 0) },
      order { (-life[$0], -sizes[$0], first[$0]) },
      order { (-life[$0] * sizes[$0], -sizes[$0], first[$0]) },
      order { (first[$0], -life[$0], -sizes[$0]) },
    ]
  }

  // An order may use what earlier ones have left of their budget.
  private mutating func improve(_ start: [Int], share: Int, of shares: Int) {
    var order = start
    var tries = 0
    while bytes > lowerBound {
      let isClose = bytes < Int.max && bytes - lowerBound <= lowerBound / 50
      let part = isClose ? 10 : 1
      guard tries < Self.mostTries / part,
        comparisons < Self.mostComparisons / shares * share / part
      else { return }
      guard let block = place(order) else { continue }
      guard let place = order.firstIndex(of: block), place > 0 else { return }
      // Always moving to the front would soon cycle.
      order.remove(at: place)
      order.insert(block, at: place * (tries % 4) / 4)
      tries += 1
    }
  }

  // Places blocks in a given order and keeps the plan, or returns the first that does not fit
  // below the best one.
  private mutating func place(_ order: [Int]) -> Int? {
    var plan = [Int](repeating: 0, count: sizes.count)
    // By offset.
    var placed: [Int] = []
    placed.reserveCapacity(order.count)
    var top = 0
    for block in order {
      var offset = 0
      for rival in placed where first[rival] <= last[block] && last[rival] >= first[block] {
        if offset + sizes[block] <= plan[rival] { break }
        offset = max(offset, plan[rival] + sizes[rival])
      }
      comparisons += placed.count
      if offset + sizes[block] >= bytes { return block }
      plan[block] = offset
      top = max(top, offset + sizes[block])
      var (low, high) = (0, placed.count)
      while low < high {
        let middle = (low + high) / 2
        if plan[placed[middle]] <= offset { low = middle + 1 } else { high = middle }
      }
      placed.insert(block, at: low)
    }
    (offsets, bytes) = (plan, top)
    return nil
  }

  private static func lowerBound(_ sizes: [Int], _ first: [Int], _ last: [Int]) -> Int {
    var changes = [Int](repeating: 0, count: (last.max() ?? 0) + 2)
    for block in sizes.indices {
      changes[first[block]] += sizes[block]
      changes[last[block] + 1] -= sizes[block]
    }
    var (alive, most) = (0, 0)
    for change in changes {
      alive += change
      most = max(most, alive)
    }
    return most
  }
}
