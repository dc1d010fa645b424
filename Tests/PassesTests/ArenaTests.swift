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

  /// Convolutional networks of hundreds of blocks need at most 5 % more than is alive at once.
  @Test(arguments: 0..<24)
  func networksNeedLittleMoreThanTheLowerBound(seed: Int) {
    var random = RandomSource(seed: UInt64(seed))
    let layers = [20, 100, 250, 500][seed % 4]
    let requests = network(layers, training: seed % 3 > 0, wide: seed % 2 == 0, &random)
    let arena = Arena(requests)
    #expect(
      arena.bytes * 100 <= arena.lowerBound * 105,
      "seed \(seed): \(requests.count) blocks, \(arena.bytes) bytes for \(arena.lowerBound)")
  }

  /// The lives of a network whose images become smaller, and larger again if `wide`: what layers
  /// give, what they put aside, gradients, and connections that skip layers.
  private func network(
    _ layers: Int, training: Bool, wide: Bool, _ random: inout RandomSource
  ) -> [MemoryRequest] {
    var requests: [MemoryRequest] = []
    var (channels, side) = (32, 64)
    let end = 6 * layers
    for layer in 0..<layers {
      if Int.random(in: 0..<max(2, layers / 6), using: &random) == 0 {
        let grows = wide && layer > layers / 2
        side = grows ? min(64, side * 2) : max(4, side / 2)
        channels = grows ? max(16, channels / 2) : min(512, channels * 2)
      }
      let bytes = channels * side * side * 4 * Int.random(in: 1...3, using: &random)
      func some() -> Int { Int.random(in: 1...bytes, using: &random) }
      let (start, back) = (3 * layer, end - 3 * layer)
      var last = start + 3
      if Int.random(in: 0..<3, using: &random) == 0 {
        let reach = Int.random(in: 2...(wide ? layers : 4), using: &random)
        last = 3 * min(layers, layer + reach)
      }
      let isKept = training && Int.random(in: 0..<10, using: &random) > 0
      requests.append(
        MemoryRequest(bytes: bytes, life: (start + 1)...max(start + 1, isKept ? back : last)))
      requests.append(MemoryRequest(bytes: some(), life: start...(start + 1)))
      guard training else { continue }
      requests.append(MemoryRequest(bytes: bytes, life: (back - 2)...(back + 1)))
      requests.append(MemoryRequest(bytes: some(), life: back...back))
      // Gradients of weights wait for the optimizer.
      let wait = Int.random(in: 1...30, using: &random)
      requests.append(
        MemoryRequest(bytes: channels * channels * 36, life: back...min(end + 2, back + wait)))
    }
    return requests
  }

  @Test func nothingNeedsNothing() {
    #expect(Arena([]).bytes == 0 && Arena([]).lowerBound == 0)
  }
}
