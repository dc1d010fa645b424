/// Philox4x32-10, as `Runtime/math/random.h` has it.
package enum Philox {
  /// The random bits for two words of key, step, ordinal, index of the scan, and element.
  package static func bits(_ x: [UInt32]) -> UInt32 {
    let element = x[5]
    let block = element / 64 * 16 + element % 16
    return words([block, x[3], x[2], x[4]], key: (x[0], x[1]))[Int(element / 16 % 4)]
  }

  /// The four words of a counter under a key.
  package static func words(_ counter: [UInt32], key: (UInt32, UInt32)) -> [UInt32] {
    var c = counter
    var (k0, k1) = key
    for _ in 0..<10 {
      let p0 = UInt64(0xd251_1f53) * UInt64(c[0])
      let p1 = UInt64(0xcd9e_8d57) * UInt64(c[2])
      c = [
        UInt32(p1 >> 32) ^ c[1] ^ k0, UInt32(truncatingIfNeeded: p1),
        UInt32(p0 >> 32) ^ c[3] ^ k1, UInt32(truncatingIfNeeded: p0),
      ]
      k0 &+= 0x9e37_79b9
      k1 &+= 0xbb67_ae85
    }
    return c
  }
}
