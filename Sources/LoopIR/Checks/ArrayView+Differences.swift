internal import Glibc

extension ArrayView {
  /// The positions of the elements that differ most from those of another array of the same size,
  /// largest difference first; a NaN in only one of them differs most of all.
  package func differences(from other: ArrayView, most count: Int) -> [Int] {
    if let memory, let theirs = other.memory,
      memcmp(memory, theirs, self.count * type.size) == 0
    {
      return []
    }
    var largest: [(size: Double, offset: Int)] = []
    var least = 0.0
    for offset in 0..<self.count {
      let size = distance(element(offset), other.element(offset))
      guard size > least else { continue }
      let place = largest.firstIndex { $0.size < size } ?? largest.count
      largest.insert((size, offset), at: place)
      if largest.count > count { largest.removeLast() }
      if largest.count == count { least = largest[count - 1].size }
    }
    return largest.map(\.offset)
  }

  /// The largest difference of an element from that of another array of the same size; infinite if
  /// only one of them is a number.
  package func largestDifference(from other: ArrayView) -> Double {
    differences(from: other, most: 1).first.map { distance(element($0), other.element($0)) } ?? 0
  }

  /// The tolerance for elements without a bound of their own: a share of the largest element.
  /// Double numbers that are `computed` from single ones have the tolerance of these.
  package func tolerance(
    around expected: ArrayView, computed: ElementType = .f64
  ) -> Double {
    let part: Double =
      switch type {
      case .f64: computed == .f32 ? 1e-4 : 1e-10
      case .f32: 1e-4
      case .f16: 1e-2
      case .bf16: 5e-2
      case .i8, .u8, .i16, .i32, .i64, .u32, .u64, .bool: 0
      }
    var largest = 0.0
    for offset in 0..<expected.count {
      let size = expected.element(offset).magnitude
      if size.isFinite, size > largest { largest = size }
    }
    return part * largest
  }
}

/// Numbers that look random and are the same in each run.
package struct SampleSource: Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  /// The next 64 bits, by SplitMix.
  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }

  /// A number from 0 to `count - 1`.
  package mutating func next(below count: Int) -> Int {
    Int(next() % UInt64(max(count, 1)))
  }

  /// A number strictly between 0 and 1.
  package mutating func unit() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

  /// A number of the normal distribution.
  package mutating func normal() -> Double {
    (-2 * log(unit())).squareRoot() * cos(2 * Double.pi * unit())
  }
}
