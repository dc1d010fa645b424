import GraphIR
import GraphKit
import LoopIR

/// Functions of one number, or of two, that networks seldom use.
func addFurtherFunctions(_ table: inout OpInfoTable) {
  let functions: [(String, (Tensor) -> Tensor)] = [
    ("tan", tan), ("asin", asin), ("acos", acos), ("atan", atan), ("sinh", sinh), ("cosh", cosh),
    ("asinh", asinh), ("acosh", acosh), ("atanh", atanh), ("erfc", erfc), ("lgamma", lgamma),
    ("digamma", digamma),
  ]
  for (name, function) in functions { table.add(name) { function(try $0.real(0)) } }
  table.add("polygamma", "special.polygamma") {
    polygamma(try $0.int(1) ?? 0, try $0.real(0))
  }
  table.add("atan2") {
    let (a, b) = try $0.reals()
    return atan2(a, b)
  }
  table.add("hypot") {
    let (a, b) = try $0.reals()
    return hypot(a, b)
  }
  table.add("angle") {
    let x = try $0.real(0)
    return select(x .< 0, x.filled(Double.pi), x * 0)
  }
  table.add("bitwise_not") {
    let x = try $0.x
    return x.elementType == .bool ? .!x : x.map(.bitNot)
  }
  for (name, function) in [("fmax", maximum), ("fmin", minimum)]
    as [(String, (Tensor, Tensor) -> Tensor)]
  {
    table.add(name) {
      if try $0.x.elementType == .bool {
        let (a, b) = (try $0.x, try $0.tensor(1))
        return name == "fmax" ? a .|| b : a .&& b
      }
      let (a, b) = try $0.pair()
      guard a.elementType.isFloat else { return function(a, b) }
      // What is no number is left out.
      let (x, y) = (select(isNaN(a), b + a.filled(0), a), select(isNaN(b), a + b.filled(0), b))
      return function(x, y)
    }
  }
}

/// Quotients that are whole numbers, and what they leave.
func addQuotients(_ table: inout OpInfoTable) {
  table.add("div:floor_rounding", "floor_divide") {
    let (a, b) = try $0.pair()
    return a.divided(by: b, rounding: .down)
  }
  table.add("div:trunc_rounding") {
    let (a, b) = try $0.pair()
    return a.divided(by: b, rounding: .towardZero)
  }
  table.add("remainder") {
    let (a, b) = try $0.pair()
    return a % b
  }
  table.add("__rmod__") {
    let (a, b) = try $0.pair()
    return b % a
  }
  table.add("fmod") {
    let (a, b) = try $0.pair()
    return fmod(a, b)
  }
}
