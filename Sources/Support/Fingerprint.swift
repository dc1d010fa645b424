/// A 128-bit hash of contents (FNV-1a). Not cryptographic.
package struct Fingerprint: Hashable, Sendable {
  private var state: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d

  package init() {}

  /// The fingerprint of one text.
  package init(_ text: String) { add(text) }

  /// Takes in `text`; `add("ab"); add("c")` differs from `add("a"); add("bc")`.
  package mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
    add(0xff)  // A byte that no UTF-8 text contains.
  }

  private mutating func add(_ byte: UInt8) {
    state = (state ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b
  }
}

extension Fingerprint: CustomStringConvertible {
  /// 32 hexadecimal digits.
  package var description: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 32 - digits.count) + digits
  }
}
