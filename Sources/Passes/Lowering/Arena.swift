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

/// Offsets in one arena such that what is alive at the same time does not overlap.
package struct Arena {
  /// Vectors of every machine fit this, and no two arrays share a cache line.
  package static let alignment = 64

  package let offsets: [Int]
  package let bytes: Int
  /// The largest sum of bytes alive at one step.
  package let lowerBound: Int

  /// Places large blocks first, each at the lowest offset where it fits; while that takes more
  /// than the lower bound, one that sticks out goes first, and the best plan is kept.
  package init(_ requests: [MemoryRequest]) {
    let sizes = requests.map { Arena.aligned($0.bytes) }
    lowerBound = Arena.lowerBound(requests, sizes)
    var order = requests.indices.sorted {
      (sizes[$1], requests[$0].life.lowerBound, $0) < (sizes[$0], requests[$1].life.lowerBound, $1)
    }
    var best = Arena.plan(order, requests, sizes)
    var last = best
    // Placing takes the square of the number of blocks: fewer tries for many of them.
    for _ in 0..<min(100, 1_000_000 / max(1, requests.count * requests.count)) {
      guard best.bytes > lowerBound else { break }
      let peak = order.first { last.offsets[$0] + sizes[$0] == last.bytes }
      guard let peak, let place = order.firstIndex(of: peak) else { break }
      order.remove(at: place)
      order.insert(peak, at: 0)
      last = Arena.plan(order, requests, sizes)
      if last.bytes < best.bytes { best = last }
    }
    (offsets, bytes) = best
  }

  // Places blocks in a given order.
  private static func plan(_ order: [Int], _ requests: [MemoryRequest], _ sizes: [Int])
    -> (offsets: [Int], bytes: Int)
  {
    var offsets = [Int](repeating: 0, count: requests.count)
    var placed: [Int] = []
    var bytes = 0
    for i in order {
      let rivals = placed.filter { requests[$0].life.overlaps(requests[i].life) }
        .sorted { offsets[$0] < offsets[$1] }
      var offset = 0
      for rival in rivals {
        if offset + sizes[i] <= offsets[rival] { break }
        offset = max(offset, offsets[rival] + sizes[rival])
      }
      offsets[i] = offset
      bytes = max(bytes, offset + sizes[i])
      placed.append(i)
    }
    return (offsets, bytes)
  }

  private static func lowerBound(_ requests: [MemoryRequest], _ sizes: [Int]) -> Int {
    let steps = requests.map(\.life.upperBound).max() ?? 0
    var alive = [Int](repeating: 0, count: steps + 1)
    for (request, size) in zip(requests, sizes) {
      for step in request.life { alive[step] += size }
    }
    return alive.max() ?? 0
  }

  private static func aligned(_ bytes: Int) -> Int {
    (bytes + alignment - 1) / alignment * alignment
  }
}
