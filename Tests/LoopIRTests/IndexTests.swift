import LoopIR
import TestSupport
import Testing

/// The canonical form of positions.
@Suite struct IndexTests {
  private static let n = Variable(id: 0, name: "n", extent: 6)
  private static let c = Variable(id: 1, name: "c", extent: 4)
  private static let x = Variable(id: 2, name: "x", extent: 8)

  /// Splitting a flat position gives back what it was made of: a reshape costs nothing.
  @Test func splittingUndoesJoining() {
    let (n, c, x) = (Index(Self.n), Index(Self.c), Index(Self.x))
    let flat = (n * 4 + c) * 8 + x
    #expect(flat.divided(by: 8).remainder == x)
    #expect(flat.divided(by: 8).quotient.divided(by: 4).remainder == c)
    #expect(flat.divided(by: 32).quotient == n)
  }

  /// Joining a quotient and a remainder gives back what was split.
  @Test func joiningUndoesSplitting() {
    let position = Index(Self.n) * 5 + Index(Self.x)
    let (quotient, remainder) = position.divided(by: 3)
    #expect(quotient * 3 + remainder == position)
    #expect(remainder + quotient * 3 == position)
  }

  /// Equal positions are equal values, in whatever order they are added up.
  @Test func orderDoesNotMatter() {
    let (n, c) = (Index(Self.n), Index(Self.c))
    #expect(n * 2 + c + 1 == c + 1 + n * 2)
    #expect((n + c) - n == c)
    #expect((n - n).asConstant == 0)
    #expect(Index(Variable(id: 9, name: "one", extent: 1)).asConstant == 0)
  }

  /// Random positions have the values that integers give, and lie in their ranges.
  @Test(arguments: 0..<200) func valuesAreThoseOfIntegers(_ seed: UInt64) {
    var random = RandomSource(seed: seed)
    let (index, value) = Self.position(depth: 4, &random)
    for n in 0..<Self.n.extent {
      for x in 0..<Self.x.extent {
        let substituted = index.substituting { $0 == Self.n ? Index(n) : Index(x) }
        #expect(substituted.asConstant == value(n, x))
        #expect(index.range.contains(value(n, x)))
      }
    }
  }

  // A position made by random steps, and the same steps on integers.
  private static func position(
    depth: Int, _ random: inout RandomSource
  ) -> (Index, (Int, Int) -> Int) {
    if depth == 0 {
      switch Int(random.next() % 3) {
      case 0: return (Index(n), { n, _ in n })
      case 1: return (Index(x), { _, x in x })
      default:
        let constant = Int(random.next() % 9) - 4
        return (Index(constant), { _, _ in constant })
      }
    }
    let (a, va) = position(depth: depth - 1, &random)
    let number = Int(random.next() % 5) + 1
    switch Int(random.next() % 5) {
    case 0:
      let (b, vb) = position(depth: depth - 1, &random)
      return (a + b, { va($0, $1) + vb($0, $1) })
    case 1:
      let (b, vb) = position(depth: depth - 1, &random)
      return (a - b, { va($0, $1) - vb($0, $1) })
    case 2: return (a * (number - 3), { va($0, $1) * (number - 3) })
    case 3:
      return (a.divided(by: number).quotient, { va($0, $1).flooredQuotient(number) })
    default:
      return (
        a.divided(by: number).remainder,
        { n, x in va(n, x) - va(n, x).flooredQuotient(number) * number }
      )
    }
  }
}
