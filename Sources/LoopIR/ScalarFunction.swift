internal import Glibc

/// A function of scalars, applied elementwise by the graph's maps.
///
/// Everything known about one is its row below; to add one, add a case and a row.
package enum ScalarFunction: String, CaseIterable, Hashable, Sendable {
  case add, subtract, multiply, divide, negate, absolute, sign, minimum, maximum, power
  case exp, expm1, log, log1p, sqrt, rsqrt, sin, cos, tanh, sigmoid, erf, erfinv, softplus, relu
  case floor, ceil, round, trunc
  case equal, notEqual, less, lessEqual, greater, greaterEqual
  case and, or, not, select, isNaN, isFinite
  case bitAnd, bitOr, bitXor, shiftLeft, shiftRight, randomBits
}

extension ScalarFunction {
  /// Which element types a function takes and gives.
  package enum Signature: Sendable {
    /// Numbers of one type to a number of that type.
    case numbers(Int)
    /// Floating-point numbers of one type to one of that type.
    case floats(Int)
    /// Integers of one type to an integer of that type.
    case integers(Int)
    /// Two values of one type to a `bool`.
    case comparison
    /// `bool` values to a `bool`.
    case logic(Int)
    /// A floating-point number to a `bool`.
    case test
    /// A `bool`, and two values of one type, one of which is the result.
    case choice
    /// `u32` values to a `u32`.
    case bits(Int)
  }

  /// How a function is written, in C and in comments.
  package enum Spelling: Sendable {
    case infix(String, Precedence)
    case prefix(String)
    /// A call of a C operator function of that name; the type decides about prefix and suffix.
    case call(String)
    case conditional
  }

  /// How tightly an infix operator binds, as in C.
  package enum Precedence: Int, Comparable, Sendable {
    case conditional, or, and, bitOr, bitXor, bitAnd, equality, comparison, shift, sum, product
    case prefix, primary

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  /// Everything known about one function.
  package struct Row: Sendable {
    package let signature: Signature
    package let spelling: Spelling
    /// The value in 64-bit arithmetic.
    package let value: @Sendable ([Double]) -> Double
    /// The partial derivatives by the operands `x`, given also the result `y`; nil where zero
    /// everywhere or undefined.
    package let slopes: @Sendable (_ x: [Expression], _ y: Expression) -> [Expression?]
  }

  package var signature: Signature { row.signature }
  package var spelling: Spelling { row.spelling }
  package var arity: Int { row.signature.arity }

  /// The type of the result for operands of given types.
  package func resultType(_ operands: [ElementType]) -> ElementType {
    switch signature {
    case .numbers, .floats, .integers: operands[0]
    case .comparison, .logic, .test: .bool
    case .choice: operands[1]
    case .bits: .u32
    }
  }

  /// Returns what the rules of the signature say against operands of given types, or nil.
  package func complaint(about operands: [ElementType]) -> String? {
    guard operands.count == arity else { return "'\(rawValue)' takes \(arity) operands" }
    let first = operands[0]
    switch signature {
    case .numbers:
      if first == .bool { return "'\(rawValue)' needs numbers; the operand is bool" }
    case .floats, .test:
      if !first.isFloat {
        return "'\(rawValue)' needs floating-point operands; the operand is \(first)"
      }
    case .integers:
      if !first.isInteger { return "'\(rawValue)' needs integers; the operand is \(first)" }
    case .logic:
      if let bad = operands.first(where: { $0 != .bool }) {
        return "'\(rawValue)' needs bool operands; the operand is \(bad)"
      }
    case .choice:
      if first != .bool { return "the condition of 'select' is \(first); it must be bool" }
    case .bits:
      if operands.contains(where: { $0 != .u32 }) { return "'\(rawValue)' needs u32 operands" }
    case .comparison: break
    }
    let same = if case .choice = signature { Array(operands.dropFirst()) } else { operands }
    guard let other = same.first(where: { $0 != same[0] }) else { return nil }
    return "operand types of '\(rawValue)' differ: \(same[0]) and \(other)"
  }

  /// True iff the operands may change places.
  package var isCommutative: Bool {
    switch self {
    case .add, .multiply, .minimum, .maximum, .equal, .notEqual, .and, .or, .bitAnd, .bitOr,
      .bitXor:
      true
    default: false
    }
  }

  /// True iff one application costs much more than an arithmetic operation.
  package var isExpensive: Bool {
    switch self {
    case .power, .exp, .expm1, .log, .log1p, .sin, .cos, .tanh, .sigmoid, .erf, .erfinv, .softplus,
      .randomBits:
      true
    default: false
    }
  }
}

extension ScalarFunction.Signature {
  /// The number of operands.
  package var arity: Int {
    switch self {
    case .numbers(let n), .floats(let n), .integers(let n), .logic(let n), .bits(let n): n
    case .comparison: 2
    case .test: 1
    case .choice: 3
    }
  }
}

extension ScalarFunction {
  private static let none: @Sendable ([Expression], Expression) -> [Expression?] = { x, _ in
    x.map { _ in nil }
  }

  private static func arithmetic(
    _ symbol: String, _ precedence: Precedence,
    _ value: @escaping @Sendable (Double, Double) -> Double,
    _ slopes: @escaping @Sendable ([Expression], Expression) -> [Expression?]
  ) -> Row {
    Row(
      signature: .numbers(2), spelling: .infix(symbol, precedence), value: { value($0[0], $0[1]) },
      slopes: slopes)
  }

  private static func float(
    _ name: String, _ value: @escaping @Sendable (Double) -> Double,
    _ slope: @escaping @Sendable (Expression, Expression) -> Expression?
  ) -> Row {
    Row(
      signature: .floats(1), spelling: .call(name), value: { value($0[0]) },
      slopes: { x, y in [slope(x[0], y)] })
  }

  private static func step(
    _ name: String, _ value: @escaping @Sendable (Double) -> Double
  ) -> Row {
    Row(signature: .floats(1), spelling: .call(name), value: { value($0[0]) }, slopes: none)
  }

  private static func comparison(
    _ symbol: String, _ precedence: Precedence,
    _ value: @escaping @Sendable (Double, Double) -> Bool
  ) -> Row {
    Row(
      signature: .comparison, spelling: .infix(symbol, precedence),
      value: { value($0[0], $0[1]) ? 1 : 0 }, slopes: none)
  }

  private static func logic(
    _ symbol: String, _ precedence: Precedence,
    _ value: @escaping @Sendable (Bool, Bool) -> Bool
  ) -> Row {
    Row(
      signature: .logic(2), spelling: .infix(symbol, precedence),
      value: { value($0[0] != 0, $0[1] != 0) ? 1 : 0 }, slopes: none)
  }

  private static func bits(
    _ symbol: String, _ precedence: Precedence,
    _ value: @escaping @Sendable (Int64, Int64) -> Int64
  ) -> Row {
    Row(
      signature: .integers(2), spelling: .infix(symbol, precedence),
      value: { Double(value($0[0].whole, $0[1].whole)) }, slopes: none)
  }

  /// The row of `self`.
  package var row: Row {
    switch self {
    case .add:
      Self.arithmetic("+", .sum, { $0 + $1 }) { x, _ in [x[0].like(1), x[0].like(1)] }
    case .subtract:
      Self.arithmetic("-", .sum, { $0 - $1 }) { x, _ in [x[0].like(1), x[0].like(-1)] }
    case .multiply:
      Self.arithmetic("*", .product, { $0 * $1 }) { x, _ in [x[1], x[0]] }
    case .divide:
      Self.arithmetic("/", .product, { $0 / $1 }) { x, y in [x[0].like(1) / x[1], -y / x[1]] }
    case .negate:
      Row(
        signature: .numbers(1), spelling: .prefix("-"), value: { -$0[0] },
        slopes: { x, _ in [x[0].like(-1)] })
    case .absolute:
      Row(
        signature: .numbers(1), spelling: .call("abs"), value: { Swift.abs($0[0]) },
        slopes: { x, _ in [.apply(.sign, [x[0]])] })
    case .sign:
      Row(
        signature: .numbers(1), spelling: .call("sign"),
        value: { $0[0] > 0 ? 1 : $0[0] < 0 ? -1 : $0[0] }, slopes: Self.none)
    // Where both are equal, each takes half, as in PyTorch.
    case .minimum:
      Row(
        signature: .numbers(2), spelling: .call("min"), value: { Self.least($0[0], $0[1]) },
        slopes: { x, _ in [.share(x[0], .less, x[1]), .share(x[1], .less, x[0])] })
    case .maximum:
      Row(
        signature: .numbers(2), spelling: .call("max"), value: { -Self.least(-$0[0], -$0[1]) },
        slopes: { x, _ in [.share(x[0], .greater, x[1]), .share(x[1], .greater, x[0])] })
    case .power:
      Row(
        signature: .floats(2), spelling: .call("pow"), value: { pow($0[0], $0[1]) },
        slopes: { x, y in
          let (a, b) = (x[0], x[1])
          let base = b * .apply(.power, [a, b - b.like(1)])
          let positive = Expression.apply(.greater, [a, a.like(0)])
          let exponent = Expression.apply(.log, [.apply(.select, [positive, a, a.like(1)])])
          let zero = Expression.apply(.equal, [b, b.like(0)])
          return [.apply(.select, [zero, b.like(0), base]), y * exponent]
        })
    case .exp: Self.float("exp", { Glibc.exp($0) }) { _, y in y }
    case .expm1: Self.float("expm1", { Glibc.expm1($0) }) { _, y in y + y.like(1) }
    case .log: Self.float("log", { Glibc.log($0) }) { x, _ in x.like(1) / x }
    case .log1p: Self.float("log1p", { Glibc.log1p($0) }) { x, _ in x.like(1) / (x + x.like(1)) }
    case .sqrt: Self.float("sqrt", { $0.squareRoot() }) { _, y in y.like(0.5) / y }
    case .rsqrt:
      Self.float("rsqrt", { 1 / $0.squareRoot() }) { _, y in y.like(-0.5) * y * y * y }
    case .sin: Self.float("sin", { Glibc.sin($0) }) { x, _ in .apply(.cos, [x]) }
    case .cos: Self.float("cos", { Glibc.cos($0) }) { x, _ in -.apply(.sin, [x]) }
    case .tanh: Self.float("tanh", { Glibc.tanh($0) }) { _, y in y.like(1) - y * y }
    case .sigmoid:
      Self.float("sigmoid", { 1 / (1 + Glibc.exp(-$0)) }) { _, y in y * (y.like(1) - y) }
    case .erf:
      Self.float("erf", { Glibc.erf($0) }) { x, _ in
        x.like(2 / Double.pi.squareRoot()) * .apply(.exp, [-(x * x)])
      }
    case .erfinv:
      Row(
        signature: .floats(1), spelling: .call("erfinv"), value: { Self.erfinv($0[0]) },
        slopes: { x, y in [y.like(Double.pi.squareRoot() / 2) * .apply(.exp, [y * y])] })
    case .softplus:
      Self.float("softplus", { Swift.max($0, 0) + Glibc.log1p(Glibc.exp(-Swift.abs($0))) }) {
        x, _ in
        .apply(.sigmoid, [x])
      }
    // The slope is read off the result, which is kept anyway; it is 0 at 0, as in PyTorch.
    case .relu:
      Self.float("relu", { $0 < 0 ? 0 : $0 }) { _, y in
        .apply(.select, [.apply(.greater, [y, y.like(0)]), y.like(1), y.like(0)])
      }
    case .floor: Self.step("floor") { $0.rounded(.down) }
    case .ceil: Self.step("ceil") { $0.rounded(.up) }
    case .round: Self.step("round") { $0.rounded(.toNearestOrEven) }
    case .trunc: Self.step("trunc") { $0.rounded(.towardZero) }
    case .equal: Self.comparison("==", .equality) { $0 == $1 }
    case .notEqual: Self.comparison("!=", .equality) { $0 != $1 }
    case .less: Self.comparison("<", .comparison) { $0 < $1 }
    case .lessEqual: Self.comparison("<=", .comparison) { $0 <= $1 }
    case .greater: Self.comparison(">", .comparison) { $0 > $1 }
    case .greaterEqual: Self.comparison(">=", .comparison) { $0 >= $1 }
    case .and: Self.logic("&&", .and) { $0 && $1 }
    case .or: Self.logic("||", .or) { $0 || $1 }
    case .not:
      Row(
        signature: .logic(1), spelling: .prefix("!"), value: { $0[0] == 0 ? 1 : 0 },
        slopes: Self.none)
    case .select:
      Row(
        signature: .choice, spelling: .conditional, value: { $0[0] != 0 ? $0[1] : $0[2] },
        slopes: { x, _ in
          [
            nil, .apply(.select, [x[0], x[1].like(1), x[1].like(0)]),
            .apply(.select, [x[0], x[1].like(0), x[1].like(1)]),
          ]
        })
    case .isNaN:
      Row(
        signature: .test, spelling: .call("is_nan"), value: { $0[0].isNaN ? 1 : 0 },
        slopes: Self.none)
    case .isFinite:
      Row(
        signature: .test, spelling: .call("is_finite"), value: { $0[0].isFinite ? 1 : 0 },
        slopes: Self.none)
    case .bitAnd: Self.bits("&", .bitAnd) { $0 & $1 }
    case .bitOr: Self.bits("|", .bitOr) { $0 | $1 }
    case .bitXor: Self.bits("^", .bitXor) { $0 ^ $1 }
    case .shiftLeft: Self.bits("<<", .shift) { $0 << $1 }
    case .shiftRight: Self.bits(">>", .shift) { $0 >> $1 }
    // Operands: two words of key, step, ordinal of the call, index of the scan, element.
    case .randomBits:
      Row(
        signature: .bits(6), spelling: .call("random_bits"),
        value: { x in Double(Philox.bits(x.map { UInt32(truncatingIfNeeded: $0.whole) })) },
        slopes: Self.none)
    }
  }

  // Newton's method on erf(y) = x, from 0: erf is concave above it, so it never overshoots twice.
  private static func erfinv(_ x: Double) -> Double {
    guard x.magnitude < 1 else { return x.magnitude == 1 ? x * .infinity : .nan }
    var y = 0.0
    for _ in 0..<200 {
      let slope = 2 / Double.pi.squareRoot() * Glibc.exp(-y * y)
      let change = (Glibc.erf(y) - x) / slope
      y -= min(max(change, -0.5), 0.5)
      if change.magnitude < 1e-15 { break }
    }
    return y
  }

  /// The smaller number; not a number if one of them is not.
  private static func least(_ a: Double, _ b: Double) -> Double {
    a.isNaN || b.isNaN ? .nan : Swift.min(a, b)
  }
}

extension Double {
  /// Without the fraction; 0 if that is no 64-bit integer.
  fileprivate var whole: Int64 { Int64(exactly: rounded(.towardZero)) ?? 0 }
}

extension Expression {
  /// The number `value` in the type of `self`.
  package func like(_ value: Double) -> Expression { .literal(Literal(value, type)) }

  fileprivate static func + (a: Expression, b: Expression) -> Expression { .apply(.add, [a, b]) }
  fileprivate static func - (a: Expression, b: Expression) -> Expression {
    .apply(.subtract, [a, b])
  }
  fileprivate static func * (a: Expression, b: Expression) -> Expression {
    .apply(.multiply, [a, b])
  }
  fileprivate static func / (a: Expression, b: Expression) -> Expression {
    .apply(.divide, [a, b])
  }
  fileprivate static prefix func - (a: Expression) -> Expression { .apply(.negate, [a]) }

  // 1 where `a` wins against `b`, one half where they are equal, else 0.
  fileprivate static func share(_ a: Expression, _ wins: ScalarFunction, _ b: Expression)
    -> Expression
  {
    let draw = Expression.apply(
      .select, [.apply(.equal, [a, b]), a.like(0.5), a.like(0)])
    return .apply(.select, [.apply(wins, [a, b]), a.like(1), draw])
  }
}
