import GraphIR
import LoopIR
import TestSupport
import Testing

/// The loops of `editDistance` against a definition of their own, which looks at no table.
@Suite struct EditDistanceTests {
  @Test func emptyLinesAndLengthsOutside() throws {
    let words = [Array("kitten"), Array("sitting"), Array("flaw"), Array("lawn"), []]
    let pairs = [(0, 1), (2, 3), (4, 1), (1, 4), (4, 4), (0, 0), (3, 1)]
    let (t, u) = (6, 7)
    func tokens(_ numbers: [Int], _ extent: Int) -> [Double] {
      numbers.flatMap { n in
        let word = words[n].prefix(extent).map { Double($0.unicodeScalars.first?.value ?? 0) }
        return word + Array(repeating: 0, count: extent - word.count)
      }
    }
    let compiled = try program(rows: [pairs.count], t, u, .i32, .i32)
    let lengths = pairs.map { Double(words[$0.0].isEmpty ? -5 : words[$0.0].count) }
    // A length beyond the end counts as the end.
    let others = pairs.map { Double(words[$0.1].count == u ? 99 : words[$0.1].count) }
    let found = compiled.run(inputs: [
      tokens(pairs.map(\.0), t), tokens(pairs.map(\.1), u), lengths, others,
    ])
    #expect(found == [[3, 2, 7, 6, 0, 0, 6]])
  }

  @Test(arguments: 0..<60)
  func agreesWithTheDefinition(_ seed: Int) throws {
    var random = RandomSource(seed: UInt64(seed))
    func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    let extents = [1, 1, 2, 3, 5, 7, 8, 11]
    let (t, u) = (extents[draw(0...7)], extents[draw(0...7)])
    let rows = Array([3, draw(1...3)].prefix(draw(0...2)))
    let count = rows.reduce(1, *)
    let tokens: ElementType = [.i32, .u8, .i64, .u64, .i8][draw(0...4)]
    let lengths: ElementType = [.i32, .u8, .i64, .i16][draw(0...3)]
    let kinds = draw(0...3)
    func line(_ extent: Int) -> [Int] {
      (0..<extent).map { _ in draw(0...kinds) }
    }
    func length(_ extent: Int) -> Int { draw((lengths.isSigned ? -2 : 0)...(extent + 2)) }
    let compiled = try program(rows: rows, t, u, tokens, lengths)
    for _ in 0..<4 {
      let a = (0..<count).map { _ in line(t) }
      let b = (0..<count).map { _ in line(u) }
      let m = (0..<count).map { _ in length(t) }
      let n = (0..<count).map { _ in length(u) }
      let found = compiled.run(inputs: [
        a.joined().map(Double.init), b.joined().map(Double.init), m.map(Double.init),
        n.map(Double.init),
      ])
      let expected = (0..<count).map { i -> Double in
        var known: [[Int]: Int] = [:]
        let distance = distance(
          a[i].prefix(max(0, m[i])), b[i].prefix(max(0, n[i])), &known)
        return Double(distance)
      }
      #expect(found == [expected], "of \(a) of \(m) and \(b) of \(n)")
    }
  }

  // Without first tokens that are equal, one of three edits comes first, and the rest follows.
  private func distance(
    _ a: ArraySlice<Int>, _ b: ArraySlice<Int>, _ known: inout [[Int]: Int]
  ) -> Int {
    guard let first = a.first, let other = b.first else { return a.count + b.count }
    if first == other { return distance(a.dropFirst(), b.dropFirst(), &known) }
    if let answer = known[[a.count, b.count]] { return answer }
    let rests = [(a.dropFirst(), b), (a, b.dropFirst()), (a.dropFirst(), b.dropFirst())]
    let answer = 1 + (rests.map { distance($0.0, $0.1, &known) }.min() ?? 0)
    known[[a.count, b.count]] = answer
    return answer
  }

  private func program(
    rows: [Int], _ t: Int, _ u: Int, _ tokens: ElementType, _ lengths: ElementType
  ) throws -> Compiled {
    let builder = GraphBuilder()
    let types = [
      TensorType(tokens, rows + [t]), TensorType(tokens, rows + [u]), TensorType(lengths, rows),
      TensorType(lengths, rows),
    ]
    let x = types.enumerated().map { builder.input($0, $1) }
    return try Compiled(
      GraphProgram([x[0].editDistance(to: x[1], lengths: x[2], targetLengths: x[3])]))
  }
}
