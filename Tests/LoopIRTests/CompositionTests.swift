import LoopIR
import TestSupport
import Testing

/// Scalar functions that are defined by others.
@Suite struct CompositionTests {
  // What 60 digits give: an operand, the value, the slope.
  private static let logit: [(x: Double, y: Double, slope: Double)] = [
    (1e-300, -690.7755278982137, 9.999999999999999e+299),
    (1e-05, -11.512915464920228, 100001.00001000009),
    (0.1, -2.197224577336219, 11.11111111111111),
    (0.25, -1.0986122886681098, 5.333333333333333),
    (0.4999, -0.0004000000053332894, 4.000000160000006),
    (0.5, 0.0, 4.0),
    (0.75, 1.0986122886681098, 5.333333333333333),
    (0.9, 2.1972245773362196, 11.111111111111112),
    (0.999999, 13.815509557935018, 1000000.9999722444),
    (0.9999999999999999, 36.7368005696771, 9007199254740994.0),
  ]

  private static func slope(of function: ScalarFunction, at x: Double) -> Double? {
    let x0 = Expression.local(Local(id: 0, name: "x", type: .f64))
    let y0 = Expression.local(Local(id: 1, name: "y", type: .f64))
    return function.row.slopes([x0], y0)[0]?.value([x, function.row.value([x])])
  }

  @Test func logitIsExact() throws {
    for (x, y, slope) in Self.logit {
      let found = ScalarFunction.logit.row.value([x])
      #expect((found - y).magnitude <= 4 * 0x1p-53 * max(y.magnitude, 1), "\(x): \(found)")
      let foundSlope = try #require(Self.slope(of: .logit, at: x))
      #expect((foundSlope - slope).magnitude <= 8 * 0x1p-53 * slope, "\(x): \(foundSlope)")
    }
  }

  /// As in PyTorch: infinite at 0 and 1, not a number outside.
  @Test func logitAtItsEnds() throws {
    let function = ScalarFunction.logit
    for x in [0, -0.0] { #expect(function.row.value([x]) == -.infinity) }
    #expect(function.row.value([1]) == .infinity)
    for x in [0, -0.0, 1] { #expect(Self.slope(of: function, at: x) == .infinity) }
    for x in [-1e-300, -0.5, 1.0000000000000002, 2, -.infinity, .infinity, .nan] {
      #expect(function.row.value([x]).isNaN, "\(x)")
      #expect(try #require(Self.slope(of: function, at: x)).isNaN, "\(x)")
    }
  }

  /// Near its zero a quotient that is off by little makes a logarithm that is off by much.
  @Test(arguments: [ElementType.f64, .f32, .f16, .bf16])
  func boundsHoldWhatTheTypeMakesOfIt(_ type: ElementType) {
    for (x, y, _) in Self.logit where type.stored(x) == x {
      let found = ScalarFunction.logit.evaluated([Bounded(x)], [type], type)
      #expect(distance(found.value, y) <= found.bound, "\(x): \(found)")
    }
  }

  /// What is known of a composition follows from its parts.
  @Test func rowsFollowFromTheirParts() {
    let row = ScalarFunction.logit.row
    #expect(row.cost == ScalarFunction.log.row.cost)
    #expect(row.isForVectors == ScalarFunction.log.row.isForVectors)
    #expect(!row.isExact && !row.chooses)
    #expect(ScalarFunction.logit.operations == 3)
    #expect(ScalarFunction.select.operations == 0)
  }
}
