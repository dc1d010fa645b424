// swift-format-ignore-file: NeverForceUnwrap

import GraphIR
import LoopIR
import Passes
import TestSupport
import Testing

/// What is alive at the same time does not share bytes.
@Suite struct ArenaTests {
  @Test(arguments: 0..<200)
  func randomRequests(seed: Int) {
    var random = RandomSource(seed: UInt64(seed))
    let count = Int.random(in: 0...60, using: &random)
    let requests = (0..<count).map { _ -> MemoryRequest in
      let first = Int.random(in: 0...40, using: &random)
      let last = first + Int.random(in: 0...(seed % 20 + 1), using: &random)
      return MemoryRequest(bytes: Int.random(in: 1...5000, using: &random), life: first...last)
    }
    let arena = Arena(requests)
    for (i, a) in requests.enumerated() {
      #expect(arena.offsets[i] >= 0 && arena.offsets[i] % 64 == 0)
      #expect(arena.offsets[i] + a.bytes <= arena.bytes)
      for (j, b) in requests.enumerated() where j < i && a.life.overlaps(b.life) {
        let apart =
          arena.offsets[i] + a.bytes <= arena.offsets[j]
          || arena.offsets[j] + b.bytes <= arena.offsets[i]
        #expect(apart, "seed \(seed): \(i) and \(j) share bytes")
      }
    }
    #expect(arena.bytes >= arena.lowerBound)
    #expect(arena.lowerBound == bound(requests))
    // No plan known is much worse than what nobody can beat.
    #expect(arena.bytes <= 2 * arena.lowerBound)
  }

  private func bound(_ requests: [MemoryRequest]) -> Int {
    (0...100).map { step in
      requests.filter { $0.life.contains(step) }.reduce(0) { $0 + ($1.bytes + 63) / 64 * 64 }
    }.max()!
  }

  private static let kilobyte = 1024

  /// Sizes of the arrays of typical networks, and how long each array lives.
  @Test(arguments: [
    ("equal layers", [Int](repeating: 8, count: 30)),
    ("layers that become smaller", (0..<10).map { 1 << (12 - $0) }),
    ("layers that become larger", (0..<10).map { 1 << $0 }),
    ("an autoencoder", (0..<8).map { 1 << (8 - $0) } + (0..<8).map { 1 << $0 }),
    ("a wide layer now and then", (0..<24).map { $0 % 3 == 1 ? 32 : 8 }),
  ])
  func chainsNeedNoMoreThanTheLowerBound(name: String, sizes: [Int]) {
    let bytes = sizes.map { $0 * Self.kilobyte }
    let forward = bytes.enumerated().map { MemoryRequest(bytes: $1, life: $0...($0 + 1)) }
    #expect(Arena(forward).bytes == Arena(forward).lowerBound, "\(name)")
    // Kept for the way back, with a gradient of the same size there.
    let n = sizes.count
    let kept = bytes.enumerated().map { MemoryRequest(bytes: $1, life: $0...(2 * n - $0)) }
    let back = bytes.enumerated().map {
      MemoryRequest(bytes: $1, life: (2 * n - $0)...(2 * n - $0 + 1))
    }
    let training = Arena(kept + back)
    #expect(training.bytes == training.lowerBound, "\(name), training")
  }

  @Test func nothingNeedsNothing() {
    #expect(Arena([]).bytes == 0 && Arena([]).lowerBound == 0)
  }
}
