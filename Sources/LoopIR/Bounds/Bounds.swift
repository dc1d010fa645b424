/// A number, and how far it may be off when a program computes it in its own precision and order.
package struct Bounded: Hashable, Sendable {
  package let value: Double
  package let bound: Double

  /// A number that is exact unless a bound is given.
  package init(_ value: Double, bound: Double = 0) {
    self.value = value
    self.bound = bound
  }
}

// How far a number may be off. A bound covers every order of additions, products that are fused
// with a sum or not, and 16-bit floats that are rounded at each step or only at the last. It is
// the largest error itself and not an estimate, but it looks at a function only at the ends of the
// interval in which an operand lies, and at 0, where functions have their kinks and poles: it is
// right where functions are monotone in between. A step inside the interval, as of `floor`,
// counts with its height, and a pole as infinity.
extension ElementType {
  /// The distance from 1 to the next number; 0 for exact types.
  package var epsilon: Double {
    switch self {
    case .f64: 0x1p-52
    case .f32: 0x1p-23
    case .f16: 0x1p-10
    case .bf16: 0x1p-7
    case .i8, .u8, .i16, .i32, .i64, .u32, .u64, .bool: 0
    }
  }

  // The distance between neighbouring numbers around 0.
  private var tiny: Double {
    switch self {
    case .f64: 0x1p-1074
    case .f32: 0x1p-149
    case .f16: 0x1p-24
    case .bf16: 0x1p-133
    case .i8, .u8, .i16, .i32, .i64, .u32, .u64, .bool: 0
    }
  }

  /// The type in which sums of numbers of `self` are computed.
  package var sumType: ElementType { self == .f16 || self == .bf16 ? .f32 : self }

  /// How far two correct ways to round to `value` may differ. Nothing is known of integers beyond
  /// 2^53, which the doubles of the interpreters do not hold exactly.
  package func rounding(_ value: Double) -> Double {
    if value == 0 || !value.isFinite { return 0 }
    if isInteger, value.magnitude > 0x1p53 { return .infinity }
    return epsilon * value.magnitude + tiny
  }
}

/// Returns the distance of two numbers; NaN is infinitely far from any number.
package func distance(_ a: Double, _ b: Double) -> Double {
  if a == b || (a.isNaN && b.isNaN) { return 0 }
  return a.isNaN || b.isNaN ? .infinity : (a - b).magnitude
}

extension Bounded {
  /// Sample points of the type `element` at which a function is evaluated to find its range.
  package func samples(_ element: ElementType) -> [Double] {
    if element == .bool { return bound < 0.5 ? [value] : [0, 1] }
    let reach = element.isFloat ? bound : (bound + 0.5).rounded(.down)
    if reach == 0 || value.isNaN { return [value] }
    let crossesZero = value.magnitude < reach && value != 0
    return [value - reach, value, value + reach] + (crossesZero ? [0] : [])
  }

  /// The product in `type`.
  package func times(_ other: Bounded, in type: ElementType) -> Bounded {
    let product = value * other.value
    return Bounded(product, bound: spread(times: other) + type.rounding(product))
  }

  /// The sum in `type`, or the difference.
  package func plus(_ other: Bounded, negated: Bool = false, in type: ElementType) -> Bounded {
    let sum = type.stored(type.computed(negated ? value - other.value : value + other.value))
    return Bounded(sum, bound: bound + other.bound + type.rounding(sum))
  }

  /// The number converted to the type `target`.
  package func converted(from source: ElementType, to target: ElementType) -> Bounded {
    let result = target.converted(value, from: source)
    // The value overflows only when it is stored; code that keeps it in f32 does not overflow.
    if bound.isInfinite || (result.isInfinite && value.isFinite) {
      return Bounded(result, bound: .infinity)
    }
    let far = samples(source).map { distance(target.converted($0, from: source), result) }
    return Bounded(result, bound: (far.max() ?? 0) + target.rounding(result))
  }

  // The error of a product due to the errors of its factors; an infinite bound times 0 is infinite.
  fileprivate func spread(times other: Bounded) -> Double {
    if bound == 0, other.bound == 0 { return 0 }
    let spread =
      value.magnitude * other.bound + other.value.magnitude * bound + bound * other.bound
    return spread.isNaN ? .infinity : spread
  }
}

/// A sum whose order of additions is open.
package struct BoundedSum {
  private var value = 0.0
  private var magnitude = 0.0
  private var bound = 0.0
  private var count = 0.0

  package init() {}

  /// Adds a term.
  package mutating func add(_ x: Bounded) {
    value += x.value
    magnitude += x.value.magnitude
    bound += x.bound
    count += 1
  }

  /// The sum in `type`. If the order of the additions is known to be the same in both programs that
  /// are compared, most rounding errors cancel, so the bound is smaller. If partial sums are stored
  /// in `type`, each is rounded to it.
  package func rounded(
    to type: ElementType, inOneOrder: Bool = false, storingParts: Bool = false
  ) -> Bounded {
    let sum = type.stored(value)
    // Each addition rounds a partial sum, which is at most the sum of the sizes of all terms.
    let errors = inOneOrder ? Swift.min(count, 8 * count.squareRoot()) : count
    let epsilon = (storingParts ? type : type.sumType).epsilon
    let order = magnitude.isFinite ? errors * epsilon * magnitude : 0
    let overflows = sum.isInfinite && magnitude.isFinite
    // A sum that underflows to 0 is off by its own size.
    return Bounded(sum, bound: overflows ? .infinity : bound + order + type.rounding(value))
  }
}

extension ScalarFunction {
  /// The value for operands of given types, in `type`.
  package func evaluated(
    _ x: [Bounded], _ operands: [ElementType], _ type: ElementType
  ) -> Bounded {
    if self == .select { return chosen(x) }
    if case .composition(let definition) = spelling {
      let locals = operands.enumerated().map { Local(id: $0, name: "x", type: $1) }
      return definition(locals.map { .local($0) }).folded(
        literal: { Bounded(type.stored($0.double)) }, local: { x[$0.id] },
        apply: { part, x, operands in
          let types = operands.map(\.type)
          return part.evaluated(x, types, part.resultType(types))
        })
    }
    func result(_ x: [Double]) -> Double { type.stored(computed(x, type)) }
    let exact = computed(x.map(\.value), type)
    let value = type.stored(exact)
    // The value overflows only when it is stored; code that keeps it in f32 does not overflow.
    if value.isInfinite, computed(x.map(\.value), .f64).isFinite {
      return Bounded(value, bound: .infinity)
    }
    if type.isInteger, type.size == 8, type.rounding(row.value(x.map(\.value))).isInfinite {
      return Bounded(value, bound: .infinity)
    }
    let own = row.isExact ? 0 : type.rounding(exact) * (isExpensive ? 8 : 1)
    // An approximation of an expensive function is exact for some operand nearby.
    let x = zip(x, operands).map { x, element in
      isExpensive ? Bounded(x.value, bound: x.bound + 2 * element.rounding(x.value)) : x
    }
    if x.allSatisfy({ $0.bound == 0 }) { return Bounded(value, bound: own) }
    switch self {
    case .add where value.isFinite, .subtract where value.isFinite:
      return x[0].plus(x[1], negated: self == .subtract, in: type)
    case .multiply where value.isFinite:
      return Bounded(value, bound: x[0].spread(times: x[1]) + own)
    case .equal, .notEqual:
      let isOpen = distance(x[0].value, x[1].value) <= x[0].bound + x[1].bound
      return Bounded(value, bound: isOpen ? 1 : 0)
    default: break
    }
    let isKnown = zip(x, operands).allSatisfy { $1 == .bool || $0.bound.isFinite }
    guard isKnown, x.count <= 3 else { return Bounded(value, bound: .infinity) }
    var far = 0.0
    let samples = zip(x, operands).map { $0.samples($1) }
    let all = samples.reduce([[]]) { heads, last in
      heads.flatMap { head in last.map { head + [$0] } }
    }
    for sample in all { far = Swift.max(far, distance(result(sample), value)) }
    return Bounded(value, bound: far + own)
  }

  // The value that is not chosen does not matter, unless the condition is uncertain.
  private func chosen(_ x: [Bounded]) -> Bounded {
    let (a, b) = x[0].value != 0 ? (x[1], x[2]) : (x[2], x[1])
    if x[0].bound < 0.5 { return a }
    return Bounded(a.value, bound: distance(a.value, b.value) + Swift.max(a.bound, b.bound))
  }
}
