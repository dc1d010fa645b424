import LoopIR
import Testing

/// How far numbers may be off.
@Suite struct BoundsTests {
  /// What is too small for a 16-bit float is 0 where it is stored, and is not where a program keeps
  /// it in 32 bits.
  @Test func whatIsTooSmallForItsTypeIsOffByAsMuchAsItIs() {
    let tiny = 1e-9
    let function = ScalarFunction.multiply.evaluated(
      [Bounded(1e-5), Bounded(1e-4)], [.f16, .f16], .f16)
    #expect(function.value == 0)
    #expect(function.bound >= tiny)

    let steep = ScalarFunction.sigmoid.evaluated([Bounded(-20)], [.f16], .f16)
    #expect(steep.value == 0)
    #expect(steep.bound >= tiny)

    var sum = BoundedSum()
    sum.add(Bounded(tiny))
    #expect(sum.rounded(to: .f16).bound >= tiny)

    let product = Monoid.product.joined([Bounded(1e-5), Bounded(1e-4)], .f16)
    #expect(product.value == 0)
    #expect(product.bound >= tiny)
  }

  /// Doubles hold no integers beyond 2^53 exactly, so nothing is known of what is computed of them.
  @Test func integersBeyondTheDigitsOfDoublesAreUnknown() {
    let most = Bounded(1e30).converted(from: .f32, to: .u64)
    #expect(most.bound.isInfinite)
    let larger = ScalarFunction.maximum.evaluated([most, Bounded(1)], [.u64, .u64], .u64)
    #expect(larger.bound.isInfinite)
    let large = Bounded(0x1p62)
    let wrapped = ScalarFunction.multiply.evaluated([large, Bounded(8)], [.i64, .i64], .i64)
    #expect(wrapped.bound.isInfinite)

    let known = ScalarFunction.multiply.evaluated(
      [Bounded(0x1p30), Bounded(8)], [.i64, .i64], .i64)
    #expect(known == Bounded(0x1p33))
    let low = ScalarFunction.multiply.evaluated(
      [Bounded(0x1p30), Bounded(8)], [.i32, .i32], .i32)
    #expect(low == Bounded(0))
  }
}
