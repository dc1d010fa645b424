/// A function of scalars, applied elementwise by the graph's maps.
///
/// Everything known about one is its row in `ScalarFunction+Rows.swift`; to add one, add a case
/// and a row. Passes, bounds, costs, the C and the tests ask the row.
package enum ScalarFunction: String, CaseIterable, Hashable, Sendable {
  case add, subtract, multiply, divide, floorDivide, modulo, remainder, negate, absolute, sign
  case minimum, maximum, power, sqrt, rsqrt, cbrt, hypot, relu
  case exp, exp2, expm1, log, log2, log10, log1p, logit, sigmoid, softplus
  case sin, cos, tan, asin, acos, atan, atan2, sinh, cosh, tanh, asinh, acosh, atanh
  case erf, erfc, erfinv, lgamma, digamma, polygamma
  case floor, ceil, round, trunc
  case equal, notEqual, less, lessEqual, greater, greaterEqual
  case and, or, not, select, isNaN, isInf, isFinite
  case bitAnd, bitOr, bitXor, bitNot, shiftLeft, shiftRight, randomBits
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
    /// A call of a function of the runtime: `rt_NAME` for `f32`, else `rt_NAME_TYPE`.
    case call(String)
    case conditional
    /// By other functions, as an expression over the operands; the runtime has none for it.
    case composition(@Sendable ([Expression]) -> Expression)
  }

  /// What one application costs, which decides how often it is done.
  package enum Cost: Int, Comparable, Sendable {
    /// It may be computed again wherever it is used.
    case low
    /// It is not repeated along a row: a quotient, a root.
    case medium
    /// It is not computed twice. The result is an approximation, right to a few units in the last
    /// place.
    case high

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  /// How tightly an infix operator binds, as in C.
  package enum Precedence: Int, Comparable, Sendable {
    case conditional, or, and, bitOr, bitXor, bitAnd, equality, comparison, shift, sum, product
    case prefix, primary

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  /// For which integers an operator of C may be undefined, so that a function takes its place.
  package enum Hazard: Sendable {
    case none
    /// It overflows: signed integers of 32 and 64 bits, as narrower ones are computed in `int`.
    case overflow
    /// The right operand: a divisor that is zero, a quotient that overflows.
    case divisor
    /// The right operand: a shift by less than 0 or more than the width; bits of a negative number.
    case shift
  }

  /// Everything known about one function.
  ///
  /// Of a composition the value, the cost, whether it is exact, chooses or is for vectors follow
  /// from its parts.
  package struct Row: Sendable {
    package let signature: Signature
    package let spelling: Spelling
    /// What C leaves undefined for integers, and the name of the function that does not.
    package var hazard: (kind: Hazard, call: String) = (.none, "")
    /// True iff the operands may change places.
    package var isCommutative = false
    /// True iff C writes the function without calls of its library, loops and branches, so that
    /// compilers take several numbers at once.
    package let isForVectors: Bool
    package var cost = Cost.low
    /// True iff the result is never rounded.
    package var isExact = false
    /// True iff C writes it with a choice, which compilers may make a branch.
    package var chooses = false
    /// Where tests look at values and slopes: numbers for all operands, away from poles and kinks.
    /// None where one range for all operands says nothing, or there are no slopes.
    package var samples: [ClosedRange<Double>] = []
    /// The value in 64-bit arithmetic.
    package let value: @Sendable ([Double]) -> Double
    /// The partial derivatives by the operands `x`, given also the result `y`; nil where zero
    /// everywhere or undefined.
    package let slopes: @Sendable (_ x: [Expression], _ y: Expression) -> [Expression?]
  }

  package var signature: Signature { row.signature }
  package var spelling: Spelling { row.spelling }
  package var arity: Int { row.signature.arity }
  package var isCommutative: Bool { row.isCommutative }

  /// True iff one application costs much more than an arithmetic operation.
  package var isExpensive: Bool { row.cost == .high }

  /// True iff compilers take several numbers of a type at once; integers have no division for
  /// vectors.
  package func isForVectors(_ type: ElementType) -> Bool {
    row.isForVectors && (type.isFloat || row.hazard.kind != .divisor)
  }

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
