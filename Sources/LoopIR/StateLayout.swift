/// The place of each state in the state block.
///
/// States are in order, each at a multiple of `alignment`; the emitted C asserts that the C
/// compiler lays the block out the same way.
package struct StateLayout: Hashable, Sendable {
  /// The alignment in bytes of every array.
  package static let alignment = 64

  /// The first byte of each state.
  package let offsets: [Int]
  /// The size of the whole block.
  package let bytes: Int

  /// The layout of `states`.
  package init(_ states: [StateSlot]) {
    var offsets: [Int] = []
    var end = 0
    for state in states {
      offsets.append(end)
      // An array without elements still has a place in C.
      end += Self.rounded(max(state.array.bytes, state.array.type.size))
    }
    self.offsets = offsets
    bytes = end
  }

  private static func rounded(_ bytes: Int) -> Int {
    (bytes + alignment - 1) / alignment * alignment
  }
}

extension LoopProgram {
  /// The bytes of all that the program keeps in memory: the states and the arena.
  package var memoryBytes: Int { StateLayout(states).bytes + arenaBytes }
}
