import Foundation
import LoopIR
import Passes
import TestSupport
import Testing

/// What loops, estimates and `Runtime/math/tile.h` say about tiles alike.
@Suite struct TileHeaderTests {
  private func header(_ name: String) throws -> String {
    try String(contentsOf: repository.appending(path: "Runtime/math/\(name)"), encoding: .utf8)
  }

  /// The numbers that a macro is defined as, in the order of the text.
  private func numbers(_ macro: String) throws -> [Int] {
    try header("tile.h").split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      return words.count == 3 && words[0] == "#define" && words[1] == macro ? Int(words[2]) : nil
    }
  }

  @Test func layoutIsTheSame() throws {
    #expect(try numbers("RT_MOST_ROWS") == [Tile.mostRows])
    #expect(try header("tile.h").contains("extent - \(Tile.width) * panel;"))
    #expect(try header("tile_sum.h").contains("rt_block)(RT_NUMBER (*sum)[\(Tile.width)],"))
  }

  @Test func estimatesAreOfTheSameBlocks() throws {
    let products = Machine.portable.products
    #expect(try numbers("RT_MOST_BLOCK") == [products.blockRows])
    #expect(try numbers("RT_TILE_STEPS") == [products.nearSteps])
    #expect(try numbers("RT_WAY_BYTES") == [Machine.portable.caches.wayBytes])
  }

  /// The machines for which `tile.h` has numbers, in its order; the last is any other with vectors.
  @Test func machinesHaveTheSameTiles() throws {
    let machines: [Machine] = [.scalar, .avx512, .avx2, .neon]
    #expect(try numbers("RT_TILE_ROWS").dropLast() == machines.map(\.vectors.tileRows)[...])
  }
}
