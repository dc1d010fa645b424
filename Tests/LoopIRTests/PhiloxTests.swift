import LoopIR
import Testing

@Suite struct PhiloxTests {
  /// A counter, a key, and the words that Random123 publishes for them; the C is held to the same.
  static let answers: [(counter: [UInt32], key: (UInt32, UInt32), words: [UInt32])] = [
    ([0, 0, 0, 0], (0, 0), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    (
      Array(repeating: .max, count: 4), (.max, .max),
      [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
    ),
    (
      [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], (0xa409_3822, 0x299f_31d0),
      [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
    ),
  ]

  @Test(arguments: 0..<answers.count)
  func knownAnswers(_ i: Int) {
    let answer = Self.answers[i]
    #expect(Philox.words(answer.counter, key: answer.key) == answer.words)
  }

  /// Element `i` takes word `(i / 16) % 4` of block `(i / 64) * 16 + i % 16`.
  @Test func elementsTakeAllWords() {
    for i in UInt32(0)..<200 {
      let words = Philox.words([i / 64 * 16 + i % 16, 7, 5, 3], key: (1, 2))
      #expect(Philox.bits([1, 2, 5, 7, 3, i]) == words[Int(i / 16 % 4)])
    }
  }
}
