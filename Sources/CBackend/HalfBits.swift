internal import LoopIR

extension Literal {
  /// The bits of a literal of type f16 or bf16, rounded to nearest even.
  var halfBits: UInt16 {
    let bits = Float(double).bitPattern
    return type == .bf16 ? Self.bf16(bits) : Self.f16(bits)
  }

  private static func bf16(_ bits: UInt32) -> UInt16 {
    if bits & 0x7fff_ffff > 0x7f80_0000 { return UInt16(bits >> 16 | 0x40) }
    return UInt16((bits + 0x7fff + (bits >> 16 & 1)) >> 16)
  }

  // Rounds the bits of an f32 to those of an f16, to nearest even.
  private static func f16(_ bits: UInt32) -> UInt16 {
    let sign = UInt16(bits >> 16 & 0x8000)
    let size = bits & 0x7fff_ffff
    if size > 0x7f80_0000 { return sign | 0x7e00 }
    if size >= 0x477f_f000 { return sign | 0x7c00 }
    if size >= 0x3880_0000 {
      return sign | UInt16((size + 0xfff + (size >> 13 & 1) - 0x3800_0000) >> 13)
    }
    // Below the normal numbers the places are multiples of 2^-24.
    let scaled = Float(bitPattern: size) * 0x1p24
    return sign | UInt16(scaled.rounded(.toNearestOrEven))
  }
}
