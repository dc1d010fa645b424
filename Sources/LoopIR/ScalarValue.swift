internal import Glibc

/// Values that the C library does not know, in 64-bit arithmetic: obvious rather than fast.
enum ScalarValue {
  /// The smaller number; not a number if one of them is not.
  @Sendable static func least(_ a: Double, _ b: Double) -> Double {
    a.isNaN || b.isNaN ? .nan : Swift.min(a, b)
  }

  /// The remainder with the sign of `b`, as in Python.
  @Sendable static func modulo(_ a: Double, _ b: Double) -> Double {
    let rest = fmod(a, b)
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
  }

  /// The quotient rounded down, as in Python.
  @Sendable static func floorDivide(_ a: Double, _ b: Double) -> Double {
    if b == 0 { return a / b }
    let rest = fmod(a, b)
    let below: Double = rest != 0 && (rest < 0) != (b < 0) ? 1 : 0
    return ((a - rest) / b).rounded(.toNearestOrEven) - below
  }

  /// 1 / (1 + exp(-x)).
  @Sendable static func sigmoid(_ x: Double) -> Double { 1 / (1 + Glibc.exp(-x)) }

  /// log(1 + exp(x)).
  @Sendable static func softplus(_ x: Double) -> Double {
    Swift.max(x, 0) + Glibc.log1p(Glibc.exp(-Swift.abs(x)))
  }

  /// Newton's method on erf(y) = x, from 0: erf is concave above it, so it never overshoots twice.
  @Sendable static func erfinv(_ x: Double) -> Double {
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

  /// The slope of lgamma; as in PyTorch infinite at 0 and not a number at -1, -2 and so on.
  @Sendable static func digamma(_ x: Double) -> Double {
    if x == 0 { return x.sign == .minus ? .infinity : -.infinity }
    if x < 0 {
      if x.rounded(.down) == x { return .nan }
      return digamma(1 - x) - Double.pi / Glibc.tan(Double.pi * (x - x.rounded(.towardZero)))
    }
    var (x, sum) = (x, 0.0)
    while x < 20 {
      sum -= 1 / x
      x += 1
    }
    let u = 1 / (x * x)
    let series = u * (1 / 12 - u * (1 / 120 - u * (1 / 252 - u * (1 / 240 - u / 132))))
    return x.isInfinite ? x : sum + Glibc.log(x) - 0.5 / x - series
  }

  /// The n-th derivative of digamma; infinite at 0, -1, -2 and so on.
  @Sendable static func polygamma(_ n: Double, _ x: Double) -> Double {
    if n == 0 { return digamma(x) }
    guard n >= 1, n.rounded(.down) == n, !x.isNaN, x != -.infinity else { return .nan }
    let sign: Double = fmod(n, 2) == 1 ? 1 : -1
    if x <= 0 && x.rounded(.down) == x { return sign * .infinity }
    if n == 1 && x < 0 {
      let ratio = Double.pi / Glibc.sin(Double.pi * (x - x.rounded(.towardZero)))
      return ratio * ratio - hurwitz(2, 1 - x)
    }
    return sign * Glibc.tgamma(n + 1) * hurwitz(n + 1, x)
  }

  // The sum of (x + k)^-s for k = 0, 1, 2 ...: the first terms, then Euler and Maclaurin.
  private static func hurwitz(_ s: Double, _ x: Double) -> Double {
    if x.isInfinite { return 0 }
    var (x, sum) = (x, 0.0)
    while x < 30 {
      sum += pow(x, -s)
      x += 1
    }
    let power = pow(x, -s)
    sum += pow(x, 1 - s) / (s - 1) + power / 2
    var factor = s * power / x
    for (k, number) in [1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1_209_600].enumerated() {
      sum += number * factor
      let next = s + 2 * Double(k) + 1
      factor *= next * (next + 1) / (x * x)
    }
    return sum
  }
}

extension Double {
  /// The integer part; 0 if it is not a 64-bit integer.
  var whole: Int64 { Int64(exactly: rounded(.towardZero)) ?? 0 }
}
