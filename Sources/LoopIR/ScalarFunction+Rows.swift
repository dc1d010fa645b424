internal import Glibc

extension ScalarFunction {
  /// The row of `self`: the table of all scalar functions.
  package var row: Row {
    switch self {
    case .add:
      .sum("+", "add", commutes: true, { $0 + $1 }) { x, _ in [x[0].like(1), x[0].like(1)] }
    case .subtract:
      .sum("-", "subtract", { $0 - $1 }) { x, _ in [x[0].like(1), x[0].like(-1)] }
    case .multiply:
      Row(
        signature: .numbers(2), spelling: .infix("*", .product),
        hazard: (.overflow, "multiply"), isCommutative: true, isForVectors: true,
        samples: Row.near1, value: { $0[0] * $0[1] },
        slopes: { x, _ in [x[1], x[0]] })
    case .divide:
      Row(
        signature: .numbers(2), spelling: .infix("/", .product), hazard: (.divisor, "divide"),
        isForVectors: true, cost: .medium, samples: Row.near1 + [-1.6 ... -0.4],
        value: { $0[0] / $0[1] },
        slopes: { x, y in [x[0].like(1) / x[1], -y / x[1]] })
    // As in Python: the quotient rounded down.
    case .floorDivide: .pair("floor_divide", ScalarValue.floorDivide)
    // As in Python: the remainder, with the sign of the divisor.
    case .modulo:
      .pair("modulo", ScalarValue.modulo) { x, _ in
        [x[0].like(1), -.apply(.floorDivide, [x[0], x[1]])]
      }
    // As in C: the remainder, with the sign of the dividend.
    case .remainder:
      .pair("remainder", fmod) { x, _ in
        [x[0].like(1), -.apply(.trunc, [x[0] / x[1]])]
      }
    case .negate:
      Row(
        signature: .numbers(1), spelling: .prefix("-"), hazard: (.overflow, "negate"),
        isForVectors: true, isExact: true, samples: Row.around0, value: { -$0[0] },
        slopes: { x, _ in [x[0].like(-1)] })
    case .absolute:
      Row(
        signature: .numbers(1), spelling: .call("abs"), isForVectors: true, isExact: true,
        samples: [0.1...1, -1 ... -0.1], value: { Swift.abs($0[0]) },
        slopes: { x, _ in [.apply(.sign, [x[0]])] })
    case .sign:
      Row(
        signature: .numbers(1), spelling: .call("sign"), isForVectors: false, isExact: true,
        chooses: true, samples: [0.1...1, -1 ... -0.1],
        value: { $0[0] > 0 ? 1 : $0[0] < 0 ? -1 : 0 }, slopes: Row.none)
    // Where both are equal, each takes half of the gradient, as in PyTorch.
    case .minimum:
      .extreme("min", ScalarValue.least) { x, _ in
        [.share(x[0], .greater, x[1]), .share(x[1], .greater, x[0])]
      }
    // Where both are equal, each takes half of the gradient, as in PyTorch.
    case .maximum:
      .extreme("max", { -ScalarValue.least(-$0, -$1) }) { x, _ in
        [.share(x[0], .less, x[1]), .share(x[1], .less, x[0])]
      }
    case .power: .floats("pow", { pow($0, $1) }, Row.slopesOfPower)
    case .sqrt:
      .float(
        "sqrt", vectors: true, cost: .medium, samples: [0.3...3], { $0.squareRoot() }
      ) { _, y in y.like(0.5) / y }
    // 1 / sqrt(x), in one step.
    case .rsqrt:
      .float(
        "rsqrt", vectors: true, cost: .medium, samples: [0.3...3], { 1 / $0.squareRoot() }
      ) { _, y in y.like(-0.5) * y * y * y }
    case .cbrt:
      .float("cbrt", samples: [0.3...3, -3 ... -0.3], { Glibc.cbrt($0) }) { _, y in
        y.like(1) / (y.like(3) * y * y)
      }
    case .hypot: .floats("hypot", { Glibc.hypot($0, $1) }) { x, y in [x[0] / y, x[1] / y] }
    // The slope is read off the result, which is kept anyway; it is 0 at 0, as in PyTorch.
    case .relu:
      .float(
        "relu", vectors: true, cost: .low, isExact: true, chooses: true,
        samples: [0.1...1, -1 ... -0.1], { $0 < 0 ? 0 : $0 }
      ) { _, y in .apply(.select, [.apply(.greater, [y, y.like(0)]), y.like(1), y.like(0)]) }
    case .exp: .float("exp", vectors: true, { Glibc.exp($0) }) { _, y in y }
    case .exp2:
      .float("exp2", { Glibc.exp2($0) }) { _, y in y * y.like(Glibc.log(2)) }
    // exp(x) - 1, accurate even where x is small.
    case .expm1: .float("expm1", { Glibc.expm1($0) }) { _, y in y + y.like(1) }
    case .log: .float("log", samples: [0.3...3], { Glibc.log($0) }) { x, _ in x.like(1) / x }
    case .log2:
      .float("log2", samples: [0.3...3], { Glibc.log2($0) }) { x, _ in x.like(1 / Glibc.log(2)) / x
      }
    case .log10:
      .float("log10", samples: [0.3...3], { Glibc.log10($0) }) { x, _ in
        x.like(1 / Glibc.log(10)) / x
      }
    // log(1 + x), accurate even where x is small.
    case .log1p:
      .float("log1p", samples: [-0.5...2], { Glibc.log1p($0) }) { x, _ in
        x.like(1) / (x + x.like(1))
      }
    // log(x / (1 - x)), the inverse of sigmoid.
    case .logit:
      .composition(of: 1, samples: [0.1...0.9]) { x in
        .apply(.log, [x[0] / (x[0].like(1) - x[0])])
      } slopes: { x, _ in
        // A root, so that it is not a number outside of 0 and 1, as in PyTorch.
        let root = Expression.rsqrt(x[0] * (x[0].like(1) - x[0]))
        return [root * root]
      }
    case .sigmoid:
      .float("sigmoid", vectors: true, ScalarValue.sigmoid) { _, y in y * (y.like(1) - y) }
    // log(1 + exp(x)), without overflow.
    case .softplus:
      .float("softplus", samples: [-1...1, 20...30], ScalarValue.softplus) { x, _ in
        .apply(.sigmoid, [x])
      }
    case .sin: .float("sin", { Glibc.sin($0) }) { x, _ in .apply(.cos, [x]) }
    case .cos: .float("cos", { Glibc.cos($0) }) { x, _ in -.apply(.sin, [x]) }
    case .tan: .float("tan", { Glibc.tan($0) }) { _, y in y * y + y.like(1) }
    case .asin:
      .float("asin", samples: [-0.8...0.8], { Glibc.asin($0) }) { x, _ in .rsqrt(x.like(1) - x * x)
      }
    case .acos:
      .float("acos", samples: [-0.8...0.8], { Glibc.acos($0) }) { x, _ in -.rsqrt(x.like(1) - x * x)
      }
    case .atan:
      .float("atan", samples: [-2...2], { Glibc.atan($0) }) { x, _ in
        x.like(1) / (x * x + x.like(1))
      }
    case .atan2:
      .floats(
        "atan2", samples: Row.near1 + [-1.6 ... -0.4], { Glibc.atan2($0, $1) }, Row.slopesOfAtan2)
    case .sinh: .float("sinh", { Glibc.sinh($0) }) { x, _ in .apply(.cosh, [x]) }
    case .cosh: .float("cosh", { Glibc.cosh($0) }) { x, _ in .apply(.sinh, [x]) }
    case .tanh: .float("tanh", vectors: true, { Glibc.tanh($0) }) { _, y in y.like(1) - y * y }
    case .asinh:
      .float("asinh", samples: [-2...2], { Glibc.asinh($0) }) { x, _ in .rsqrt(x * x + x.like(1)) }
    case .acosh:
      .float("acosh", samples: [1.3...3], { Glibc.acosh($0) }) { x, _ in .rsqrt(x * x - x.like(1)) }
    case .atanh:
      .float("atanh", samples: [-0.8...0.8], { Glibc.atanh($0) }) { x, _ in
        x.like(1) / (x.like(1) - x * x)
      }
    case .erf:
      .float("erf", vectors: true, { Glibc.erf($0) }) { x, _ in
        x.like(2 / Double.pi.squareRoot()) * .apply(.exp, [-(x * x)])
      }
    // 1 - erf(x), accurate even where x is large.
    case .erfc:
      .float("erfc", { Glibc.erfc($0) }) { x, _ in
        x.like(-2 / Double.pi.squareRoot()) * .apply(.exp, [-(x * x)])
      }
    // The inverse of erf.
    case .erfinv:
      .float("erfinv", samples: [-0.8...0.8], ScalarValue.erfinv) { _, y in
        y.like(Double.pi.squareRoot() / 2) * .apply(.exp, [y * y])
      }
    // The logarithm of the absolute value of the gamma function.
    case .lgamma:
      .float("lgamma", samples: [0.5...4, -0.8 ... -0.2], { Glibc.lgamma($0) }) { x, _ in
        .apply(.digamma, [x])
      }
    // The slope of lgamma.
    case .digamma:
      .float("digamma", samples: [0.5...4, -0.8 ... -0.2], ScalarValue.digamma) { x, _ in
        .apply(.polygamma, [x.like(1), x])
      }
    // Operands: which derivative of digamma, and where.
    case .polygamma:
      .floats("polygamma", samples: [], ScalarValue.polygamma) { x, _ in
        [nil, .apply(.polygamma, [x[0] + x[0].like(1), x[1]])]
      }
    case .floor: .step("floor") { $0.rounded(.down) }
    case .ceil: .step("ceil") { $0.rounded(.up) }
    // Halves go to the even neighbour.
    case .round: .step("round", samples: [0.6...1.4]) { $0.rounded(.toNearestOrEven) }
    case .trunc: .step("trunc") { $0.rounded(.towardZero) }
    case .equal: .comparison("==", .equality, commutes: true) { $0 == $1 }
    case .notEqual: .comparison("!=", .equality, commutes: true) { $0 != $1 }
    case .less: .comparison("<", .comparison) { $0 < $1 }
    case .lessEqual: .comparison("<=", .comparison) { $0 <= $1 }
    case .greater: .comparison(">", .comparison) { $0 > $1 }
    case .greaterEqual: .comparison(">=", .comparison) { $0 >= $1 }
    case .and: .logic("&&", .and) { $0 && $1 }
    case .or: .logic("||", .or) { $0 || $1 }
    case .not:
      Row(
        signature: .logic(1), spelling: .prefix("!"), isForVectors: true, isExact: true,
        value: { $0[0] == 0 ? 1 : 0 }, slopes: Row.none)
    case .select:
      Row(
        signature: .choice, spelling: .conditional, isForVectors: true, isExact: true,
        chooses: true, value: { $0[0] != 0 ? $0[1] : $0[2] },
        slopes: { x, _ in
          [
            nil, .apply(.select, [x[0], x[1].like(1), x[1].like(0)]),
            .apply(.select, [x[0], x[1].like(0), x[1].like(1)]),
          ]
        })
    case .isNaN: .test("is_nan", vectors: true) { $0.isNaN }
    case .isInf: .test("is_inf", vectors: false) { $0.isInfinite }
    case .isFinite: .test("is_finite", vectors: false) { $0.isFinite }
    case .bitAnd: .bits("&", .bitAnd, commutes: true) { $0 & $1 }
    case .bitOr: .bits("|", .bitOr, commutes: true) { $0 | $1 }
    case .bitXor: .bits("^", .bitXor, commutes: true) { $0 ^ $1 }
    case .bitNot:
      Row(
        signature: .integers(1), spelling: .prefix("~"), isForVectors: false, isExact: true,
        value: { Double(~$0[0].whole) }, slopes: Row.none)
    case .shiftLeft: .bits("<<", .shift, (.shift, "shift_left")) { $0 << Swift.min($1, 64) }
    case .shiftRight: .bits(">>", .shift, (.shift, "shift_right")) { $0 >> Swift.min($1, 64) }
    // Operands: two words of key, step, ordinal of the call, index of the scan, element.
    case .randomBits:
      Row(
        signature: .bits(6), spelling: .call("random_bits"), isForVectors: false, cost: .high,
        isExact: true,
        value: { x in Double(Philox.bits(x.map { UInt32(truncatingIfNeeded: $0.whole) })) },
        slopes: Row.none)
    }
  }
}

// Rows of one kind.
extension ScalarFunction.Row {
  fileprivate typealias Slopes = @Sendable ([Expression], Expression) -> [Expression?]

  fileprivate static let none: Slopes = { x, _ in x.map { _ in nil } }
  fileprivate static let around0 = [-1.0...1.0]
  fileprivate static let near1 = [0.4...1.6]

  fileprivate static func sum(
    _ symbol: String, _ call: String, commutes: Bool = false,
    _ value: @escaping @Sendable (Double, Double) -> Double, _ slopes: @escaping Slopes
  ) -> Self {
    Self(
      signature: .numbers(2), spelling: .infix(symbol, .sum), hazard: (.overflow, call),
      isCommutative: commutes, isForVectors: true, samples: near1, value: { value($0[0], $0[1]) },
      slopes: slopes)
  }

  // A quotient or a remainder of two numbers.
  fileprivate static func pair(
    _ name: String, _ value: @escaping @Sendable (Double, Double) -> Double,
    _ slopes: @escaping Slopes = none
  ) -> Self {
    Self(
      signature: .numbers(2), spelling: .call(name), isForVectors: false,
      value: { value($0[0], $0[1]) }, slopes: slopes)
  }

  // One of two numbers.
  fileprivate static func extreme(
    _ name: String, _ value: @escaping @Sendable (Double, Double) -> Double,
    _ slopes: @escaping Slopes
  ) -> Self {
    Self(
      signature: .numbers(2), spelling: .call(name), isCommutative: true, isForVectors: true,
      isExact: true, chooses: true, samples: near1, value: { value($0[0], $0[1]) }, slopes: slopes)
  }

  // A function of two floating-point numbers.
  fileprivate static func floats(
    _ name: String, samples: [ClosedRange<Double>] = near1,
    _ value: @escaping @Sendable (Double, Double) -> Double, _ slopes: @escaping Slopes
  ) -> Self {
    Self(
      signature: .floats(2), spelling: .call(name), isForVectors: false, cost: .high,
      samples: samples, value: { value($0[0], $0[1]) }, slopes: slopes)
  }

  fileprivate static func float(
    _ name: String, vectors: Bool = false, cost: ScalarFunction.Cost = .high,
    isExact: Bool = false, chooses: Bool = false, samples: [ClosedRange<Double>] = around0,
    _ value: @escaping @Sendable (Double) -> Double,
    _ slope: @escaping @Sendable (Expression, Expression) -> Expression?
  ) -> Self {
    Self(
      signature: .floats(1), spelling: .call(name), isForVectors: vectors, cost: cost,
      isExact: isExact, chooses: chooses, samples: samples, value: { value($0[0]) },
      slopes: { x, y in [slope(x[0], y)] })
  }

  // A function of so many floating-point numbers that is defined by others.
  fileprivate static func composition(
    of arity: Int, samples: [ClosedRange<Double>],
    _ definition: @escaping @Sendable ([Expression]) -> Expression, slopes: @escaping Slopes
  ) -> Self {
    let whole = definition((0..<arity).map { .local(Local(id: $0, name: "x", type: .f64)) })
    let parts = whole.functions.map(\.row)
    return Self(
      signature: .floats(arity), spelling: .composition(definition),
      isForVectors: parts.allSatisfy(\.isForVectors), cost: parts.map(\.cost).max() ?? .low,
      isExact: parts.allSatisfy(\.isExact), chooses: parts.contains(where: \.chooses),
      samples: samples, value: { whole.value($0) }, slopes: slopes)
  }

  fileprivate static func step(
    _ name: String, samples: [ClosedRange<Double>] = [0.1...0.9],
    _ value: @escaping @Sendable (Double) -> Double
  ) -> Self {
    Self(
      signature: .floats(1), spelling: .call(name), isForVectors: false, isExact: true,
      samples: samples, value: { value($0[0]) }, slopes: none)
  }

  fileprivate static func test(
    _ name: String, vectors: Bool = false, _ value: @escaping @Sendable (Double) -> Bool
  ) -> Self {
    Self(
      signature: .test, spelling: .call(name), isForVectors: vectors, isExact: true,
      value: { value($0[0]) ? 1 : 0 }, slopes: none)
  }

  fileprivate static func comparison(
    _ symbol: String, _ precedence: ScalarFunction.Precedence, commutes: Bool = false,
    _ value: @escaping @Sendable (Double, Double) -> Bool
  ) -> Self {
    Self(
      signature: .comparison, spelling: .infix(symbol, precedence), isCommutative: commutes,
      isForVectors: true, isExact: true, value: { value($0[0], $0[1]) ? 1 : 0 }, slopes: none)
  }

  fileprivate static func logic(
    _ symbol: String, _ precedence: ScalarFunction.Precedence,
    _ value: @escaping @Sendable (Bool, Bool) -> Bool
  ) -> Self {
    Self(
      signature: .logic(2), spelling: .infix(symbol, precedence), isCommutative: true,
      isForVectors: true, isExact: true, chooses: true,
      value: { value($0[0] != 0, $0[1] != 0) ? 1 : 0 }, slopes: none)
  }

  // A shift by a negative number is one by more than the width.
  fileprivate static func bits(
    _ symbol: String, _ precedence: ScalarFunction.Precedence,
    _ hazard: (ScalarFunction.Hazard, String) = (.none, ""), commutes: Bool = false,
    _ value: @escaping @Sendable (Int64, Int64) -> Int64
  ) -> Self {
    let isShift = precedence == .shift
    return Self(
      signature: .integers(2), spelling: .infix(symbol, precedence), hazard: hazard,
      isCommutative: commutes, isForVectors: false, isExact: true,
      value: {
        let right = $0[1].whole
        return Double(value($0[0].whole, isShift && right < 0 ? 64 : right))
      }, slopes: none)
  }
}
