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
}
