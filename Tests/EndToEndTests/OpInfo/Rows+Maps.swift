import GraphIR
import GraphKit
import LoopIR

// Functions of each element.

func addMaps(_ table: inout OpInfoTable) {
  addFurtherFunctions(&table)
  addQuotients(&table)
  addFunctions(&table)
  addRounding(&table)
  addArithmetic(&table)
  addComparisons(&table)
  addCombinations(&table)
  addConversions(&table)
}

extension OpInfoCall {
  /// An argument as a floating-point tensor: integers become `f32`, as in PyTorch.
  func real(_ place: Int, _ name: String? = nil) throws -> Tensor { try float(tensor(place, name)) }

  /// The first two arguments, which are numbers.
  func pair() throws -> (Tensor, Tensor) {
    let (a, b) = (try tensor(0), try tensor(1, "other"))
    if a.elementType == .bool { throw Inexpressible("arithmetic of bool") }
    return common(a, b)
  }

  /// The first two arguments as floating-point tensors.
  func reals() throws -> (Tensor, Tensor) { (try real(0), try real(1, "other")) }

  /// The first argument, which is a number.
  func numeric() throws -> Tensor {
    let x = try x
    if x.elementType == .bool { throw Inexpressible("arithmetic of bool") }
    return x
  }
}

/// Returns the tensor as floating-point numbers.
func float(_ x: Tensor) -> Tensor { x.elementType.isFloat ? x : x.cast(to: .f32) }

/// Returns two tensors in one type: the floating-point one, or the first.
func common(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
  if a.elementType == b.elementType { return (a, b) }
  let type = b.elementType.isFloat ? b.elementType : a.elementType
  return (a.cast(to: type), b.cast(to: type))
}

/// Returns true where a tensor is not zero.
func truth(_ x: Tensor) -> Tensor { x.elementType == .bool ? x : x .!= 0 }

private func addFunctions(_ table: inout OpInfoTable) {
  table.add("abs") { abs(try $0.numeric()) }
  table.add("exp") { exp(try $0.real(0)) }
  table.add("exp2") { exp2(try $0.real(0)) }
  table.add("expm1") { expm1(try $0.real(0)) }
  table.add("log") { log(try $0.real(0)) }
  table.add("log1p") { log1p(try $0.real(0)) }
  table.add("log2") { log2(try $0.real(0)) }
  table.add("log10") { log10(try $0.real(0)) }
  table.add("sin") { sin(try $0.real(0)) }
  table.add("cos") { cos(try $0.real(0)) }
  table.add("tanh") { tanh(try $0.real(0)) }
  table.add("sigmoid") { sigmoid(try $0.real(0)) }
  table.add("erf") { erf(try $0.real(0)) }
  table.add("erfinv") { erfinv(try $0.real(0)) }
  table.add("sqrt") { sqrt(try $0.real(0)) }
  table.add("rsqrt") { rsqrt(try $0.real(0)) }
  table.add("reciprocal") { 1 / (try $0.real(0)) }
  table.add("square") {
    let x = try $0.x.elementType == .bool ? $0.x.cast(to: .i64) : $0.x
    return x * x
  }
  table.add("deg2rad") { try $0.real(0) * (Double.pi / 180) }
  table.add("rad2deg") { try $0.real(0) * (180 / Double.pi) }
  table.add("neg") { -(try $0.numeric()) }
  table.add("sign", "sgn") {
    let x = try $0.x
    return x.elementType == .bool ? x : sign(x)
  }
  table.add("sinc") {
    let x = try $0.real(0) * Double.pi
    let zero = x .== 0
    return select(zero, x.filled(1), sin(x) / select(zero, x.filled(1), x))
  }
  table.add("logit") {
    var x = try $0.real(0)
    if let bound = try $0.number(1, "eps") { x = clamped(x, bound, 1 - bound) }
    return logit(x)
  }
  table.add("special.ndtr") { (erf(try $0.real(0) * 0.5.squareRoot()) + 1) * 0.5 }
  table.add("special.entr") {
    let x = try $0.real(0)
    let positive = x .> 0
    let inside = select(positive, x, x.filled(1))
    let outside = select(x .== 0, x * 0, x.filled(-.infinity))
    return select(positive, -inside * log(inside), outside)
  }
}

/// Returns the numbers kept between two bounds; at a bound the slope is 1, as in PyTorch.
func clamped(_ x: Tensor, _ low: Double?, _ high: Double?) -> Tensor {
  var y = x
  if let high { y = select(x .> high, x.filled(high), y) }
  if let low { y = select(x .< low, x.filled(low), y) }
  return y
}

private func addRounding(_ table: inout OpInfoTable) {
  let steps: [(String, (Tensor) -> Tensor)] = [
    ("floor", floor), ("ceil", ceil), ("round", round), ("trunc", trunc),
  ]
  for (name, function) in steps {
    table.add(name) { call in
      let x = try call.x
      guard let places = try call.int(nil, "decimals"), places != 0 else {
        return x.elementType.isFloat ? function(x) : x
      }
      // A decimal place is multiplied or divided by a whole number, which is exact.
      let scale = (0..<Swift.abs(places)).reduce(1.0) { scale, _ in scale * 10 }
      return places > 0 ? function(x * scale) / scale : function(x / scale) * scale
    }
  }
  table.add("frac") {
    let x = try $0.x
    return x - trunc(x)
  }
  table.add("isfinite", "isreal") {
    let x = try $0.x
    return x.elementType.isFloat ? isFinite(x) : x.filled(1, as: .bool)
  }
  table.add("isnan") {
    let x = try $0.x
    return x.elementType.isFloat ? isNaN(x) : x.filled(0, as: .bool)
  }
  table.add("isinf") {
    let x = try $0.x
    return x.elementType.isFloat ? isInf(x) : x.filled(0, as: .bool)
  }
  table.add("isposinf") { infinite(try $0.x, [.infinity]) }
  table.add("isneginf") { infinite(try $0.x, [-.infinity]) }
  table.add("nan_to_num") {
    let x = try $0.x
    guard x.elementType.isFloat else { return x }
    let largest = Double.greatestFiniteMagnitude
    let nan = try $0.number(1, "nan") ?? 0
    let (high, low) = (
      try $0.number(2, "posinf") ?? largest, try $0.number(3, "neginf") ?? -largest
    )
    let finite = select(isNaN(x), x.filled(nan), x)
    let below = select(finite .== .infinity, x.filled(high), finite)
    return select(below .== -.infinity, x.filled(low), below)
  }
}

private func infinite(_ x: Tensor, _ values: [Double]) -> Tensor {
  guard x.elementType.isFloat else { return x.filled(0, as: .bool) }
  return values.map { x .== $0 }.reduce(x.filled(0, as: .bool)) { $0 .|| $1 }
}

private func addArithmetic(_ table: inout OpInfoTable) {
  func scaled(_ call: OpInfoCall, _ b: Tensor) throws -> Tensor {
    guard let alpha = try call.number(nil, "alpha"), alpha != 1 else { return b }
    return b * b.filled(alpha)
  }
  table.add("add", "__radd__") {
    // A sum of truths is whether one of them holds.
    if try $0.x.elementType == .bool { return try $0.x .|| $0.tensor(1) }
    let (a, b) = try $0.pair()
    return a + (try scaled($0, b))
  }
  table.add("sub") {
    let (a, b) = try $0.pair()
    return a - (try scaled($0, b))
  }
  table.add("rsub", "__rsub__") {
    let (a, b) = try $0.pair()
    return b - (try scaled($0, a))
  }
  table.add("mul", "__rmul__") {
    if try $0.x.elementType == .bool { return try $0.x .&& $0.tensor(1) }
    let (a, b) = try $0.pair()
    return a * b
  }
  table.add("div:no_rounding_mode", "true_divide") {
    let (a, b) = try $0.reals()
    return a / b
  }
  table.add("__rdiv__") {
    let (a, b) = try $0.reals()
    return b / a
  }
  table.add("pow", "float_power") {
    if $0.sample.name == "pow", !(try $0.x.elementType.isFloat) {
      throw Inexpressible("a power of integers")
    }
    let (a, b) = try $0.reals()
    return pow(a, b)
  }
  table.add("__rpow__") {
    if !(try $0.x.elementType.isFloat) { throw Inexpressible("a power of integers") }
    let (a, b) = try $0.reals()
    return pow(b, a)
  }
  let extremes: [(String, (Tensor, Tensor) -> Tensor)] = [
    ("maximum", maximum), ("max:binary", maximum), ("clamp_min", maximum),
    ("minimum", minimum), ("min:binary", minimum), ("clamp_max", minimum),
  ]
  for (name, function) in extremes {
    table.add(name) {
      let (a, b) = (try $0.x, try $0.tensor(1, name.hasSuffix("n") ? "min" : "max"))
      guard a.elementType != .bool else {
        return function(a.cast(to: .i32), b.cast(to: .i32)).cast(to: .bool)
      }
      let (x, y) = common(a, b)
      // PyTorch's bounds give the slope to the number that is clamped.
      if name == "clamp_min" { return select(x .< y, y, x) }
      if name == "clamp_max" { return select(x .> y, y, x) }
      return function(x, y)
    }
  }
}

private func addComparisons(_ table: inout OpInfoTable) {
  let comparisons: [(String, ScalarFunction)] = [
    ("eq", .equal), ("ne", .notEqual), ("lt", .less), ("le", .lessEqual), ("gt", .greater),
    ("ge", .greaterEqual),
  ]
  for (name, function) in comparisons {
    table.add(name) {
      let (a, b) = common(try $0.x, try $0.tensor(1, "other"))
      return .map(function, a, b)
    }
  }
  table.add("logical_and") { truth(try $0.x) .&& truth(try $0.tensor(1)) }
  table.add("logical_or") { truth(try $0.x) .|| truth(try $0.tensor(1)) }
  table.add("logical_xor") { truth(try $0.x) .!= truth(try $0.tensor(1)) }
  table.add("logical_not") { .!truth(try $0.x) }
  table.add("heaviside") {
    if try $0.x.elementType == .bool { return try $0.x .|| $0.tensor(1) }
    let (a, b) = try $0.pair()
    return select(a .== 0, b + a.filled(0), select(a .> 0, a.filled(1), a.filled(0)) + b * 0)
  }
  let bits: [(String, String, ScalarFunction, (Tensor, Tensor) -> Tensor)] = [
    ("bitwise_and", "__rand__", .bitAnd, { $0 .&& $1 }),
    ("bitwise_or", "__ror__", .bitOr, { $0 .|| $1 }),
    ("bitwise_xor", "__rxor__", .bitXor, { $0 .!= $1 }),
  ]
  for (name, reversed, function, logic) in bits {
    table.add(name, reversed) {
      let (a, b) = common(try $0.x, try $0.tensor(1))
      return a.elementType == .bool ? logic(a, b) : .map(function, a, b)
    }
  }
  table.add("bitwise_left_shift") { .map(.shiftLeft, try $0.x, try $0.tensor(1)) }
  table.add("bitwise_right_shift") { .map(.shiftRight, try $0.x, try $0.tensor(1)) }
}

private func addCombinations(_ table: inout OpInfoTable) {
  table.add("addcmul") {
    let (x, a, b) = (try $0.x, try $0.tensor(1), try $0.tensor(2))
    let value = try $0.number(nil, "value") ?? 1
    return x + a * b * a.filled(value)
  }
  table.add("addcdiv") {
    let (x, a, b) = (try $0.x, try $0.tensor(1), try $0.tensor(2))
    let value = try $0.number(nil, "value") ?? 1
    return x + a / b * a.filled(value)
  }
  table.add("lerp") {
    let (a, b, w) = (try $0.x, try $0.tensor(1), try $0.tensor(2))
    return a + w * (b - a)
  }
  table.add("logaddexp") {
    let (a, b) = try $0.reals()
    let largest = maximum(a, b).stopGradient()
    return largest + log(exp(a - largest) + exp(b - largest))
  }
  table.add("logaddexp2") {
    let (a, b) = try $0.reals()
    let ln2 = 0.693_147_180_559_945_3
    let largest = maximum(a, b).stopGradient()
    return largest + log(exp((a - largest) * ln2) + exp((b - largest) * ln2)) / ln2
  }
  table.add("xlogy", "special.xlog1py") {
    let (a, b) = try $0.reals()
    let isZero = a .== 0
    let one = $0.sample.name == "xlogy" ? 1.0 : 0.0
    let x = b + a * 0
    let inside = select(.!isZero .|| isNaN(b), x, x.filled(one))
    let result = one == 1 ? log(inside) : log1p(inside)
    return select(isZero .&& .!isNaN(b), a * 0 + b * 0, a * result)
  }
  table.add("clamp") {
    var x = try $0.x
    for (i, name) in ["min", "max"].enumerated() {
      guard let given = try $0.optionalTensor(i + 1, name) else { continue }
      let (y, bound) = common(x, given)
      x = select(i == 0 ? y .< bound : y .> bound, bound + y * 0, y)
    }
    return x
  }
  table.add("where") {
    let (a, b) = common(try $0.x, try $0.tensor(2))
    return select(try $0.tensor(1), a, b)
  }
  table.add("masked_fill") {
    let x = try $0.x
    let value = try $0.tensor(2).cast(to: x.elementType)
    return select(try $0.tensor(1), value, x)
  }
  table.add("dist") {
    let d = try $0.x - (try $0.tensor(1))
    return try norm(d, try $0.number(2, "p") ?? 2, axes: Array(0..<d.rank), keep: false)
  }
}

private func addConversions(_ table: inout OpInfoTable) {
  let types: [(String, ElementType)] = [
    ("bool", .bool), ("byte", .u8), ("char", .i8), ("double", .f32), ("float", .f32),
    ("half", .f16), ("bfloat16", .bf16), ("int", .i32), ("long", .i64), ("short", .i16),
  ]
  for (name, type) in types { table.add(name) { try $0.x.cast(to: type) } }
  table.add(
    "clone", "contiguous", "conj", "conj_physical", "resolve_conj", "resolve_neg", "real",
    "positive", "alias_copy"
  ) { try $0.x.sameValue }
  table.add("fill") {
    let x = try $0.x
    return try $0.tensor(1, "value").cast(to: x.elementType).broadcast(to: x.shape)
  }
}

extension Tensor {
  /// The tensor itself: a function must not return its argument under two names.
  var sameValue: Tensor { self }
}
