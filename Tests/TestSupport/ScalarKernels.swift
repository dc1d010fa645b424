package import LoopIR

extension Kernels {
  /// Converts numbers of one type to every type.
  package static func casts(from type: ElementType, count: Int = 8) -> Kernel {
    var d = Declarations()
    let i = d.variable("i", count)
    let x = d.buffer("x", [count], type)
    let results = ElementType.allCases.map { d.buffer("as_\($0)", [count], $0) }
    return Kernel(
      name: "casts_from_\(type)",
      parameters: [.init(x, .read)] + results.map { .init($0, .write) }, definitions: [],
      body: [.loop(Loop(i, results.map { $0.set(i, to: .cast(x[i], $0.type)) }))], origins: [])
  }

  /// Applies every function of a type to `count` numbers `a` and `b`.
  package static func functions(of type: ElementType, count: Int = 8) -> Kernel {
    var d = Declarations()
    let i = d.variable("i", count)
    let (a, b) = (d.buffer("a", [count], type), d.buffer("b", [count], type))
    var parameters = [KernelParameter(a, .read), .init(b, .read)]
    var body: [Statement] = []
    for function in ScalarFunction.allCases where function != .randomBits {
      let operands: [Expression] =
        function == .select
        ? [.apply(.less, [a[i], b[i]]), a[i], b[i]]
        : Array([a[i], b[i]].prefix(function.arity))
      guard function.complaint(about: operands.map(\.type)) == nil else { continue }
      let value = Expression.apply(function, operands)
      let result = d.buffer("\(function)", [count], value.type)
      parameters.append(.init(result, .write))
      body.append(result.set(i, to: value))
    }
    return Kernel(
      name: "functions_of_\(type)", parameters: parameters, definitions: [],
      body: [.loop(Loop(i, body))], origins: [])
  }

  /// Mixed arithmetic of a type in one expression, with constants.
  package static func arithmetic(of type: ElementType) -> Kernel {
    var d = Declarations()
    let i = d.variable("i", 8)
    let (a, b, y) = (d.buffer("a", [8], type), d.buffer("b", [8], type), d.buffer("y", [8], type))
    let z = d.buffer("z", [8], type)
    let (two, three) = (number(2, type), number(3, type))
    let mixed = (a[i] + b[i] * two) - a[i] / (b[i] + three) * (two + three * two - three)
    let chosen = Expression.apply(
      .select,
      [.apply(.greaterEqual, [a[i], number(0, type)]), three * a[i] - (a[i] - a[i] / two), three])
    return Kernel(
      name: "arithmetic_of_\(type)",
      parameters: [.init(a, .read), .init(b, .read), .init(y, .write), .init(z, .write)],
      definitions: [Definition(.buffer(y, [Index(i)]), mixed)],
      body: [
        i.loop(
          y.set(i, to: mixed), z.set(i, to: chosen), z.set(i, to: z[i] + y[i]),
          z.set(i, to: z[i] * .cast(.index(Index(i), .i64), type)))
      ], origins: [])
  }
}
