internal import TestSupport

/// Draws choices, the same for the same seed; neighbouring seeds have nothing in common.
package struct Chooser {
  private var random: RandomSource

  package init(seed: Int) {
    var source = RandomSource(seed: UInt64(truncatingIfNeeded: seed))
    // The numbers of one seed are those of the one before without the first.
    random = RandomSource(seed: source.next())
  }

  /// A whole number of a range.
  package mutating func int(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &random)
  }

  /// A number of a range.
  package mutating func number(_ range: ClosedRange<Double>) -> Double {
    Double.random(in: range, using: &random)
  }

  /// True with a probability.
  package mutating func chance(_ probability: Double) -> Bool {
    Double.random(in: 0..<1, using: &random) < probability
  }

  /// One of `items`, of which there is at least one.
  package mutating func pick<Item>(_ items: [Item]) -> Item {
    items[Int.random(in: items.indices, using: &random)]
  }

  /// The numbers below `count` in any order.
  package mutating func permutation(_ count: Int) -> [Int] {
    Array(0..<count).shuffled(using: &random)
  }

  /// So many numbers of a range.
  package mutating func numbers(_ count: Int, in range: ClosedRange<Double>) -> [Double] {
    random.numbers(count, in: range)
  }

  /// An extent up to `most`: 1 and small ones often, primes, and what lies beside the widths of
  /// vectors.
  package mutating func extent(_ most: Int = 40) -> Int {
    let usual = [
      1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 7, 8, 9, 11, 13, 15, 16, 17, 19, 23, 24, 31, 32, 33, 37, 40,
      48, 53, 64, 65, 67, 70,
    ]
    return pick(usual.filter { $0 <= max(most, 1) })
  }

  /// So many extents whose product is at most `most`.
  package mutating func extents(_ rank: Int, product most: Int) -> [Int] {
    var left = most
    var dims = (0..<rank).map { axis in
      let rest = rank - axis - 1
      let extent = extent(rest == 0 ? left : max(1, min(left, 40)))
      left /= extent
      return extent
    }
    for i in dims.indices.reversed() { dims.swapAt(i, int(0...i)) }
    return dims
  }
}
