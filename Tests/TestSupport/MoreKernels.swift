package import LoopIR

extension Kernels {
  /// The position of the largest element.
  package static let argMax: Kernel = {
    var d = Declarations()
    let (n, j) = (d.variable("n", 3), d.variable("j", 7))
    let (x, y) = (d.buffer("logits", [3, 7]), d.buffer("class", [3], .i32))
    let (best, position) = (d.local("best"), d.local("index", .i32))
    return Kernel(
      name: "arg_max", parameters: [.init(x, .read), .init(y, .write)],
      definitions: [Definition(.buffer(y, [Index(n)]), .reduce(.argMaximum, [j], x[n, j]))],
      body: [
        n.loop(
          .variable(best, number(-.infinity)),
          .variable(position, number(0, .i32)),
          j.loop(
            .when(
              .apply(.greater, [x[n, j], .local(best)]),
              then: [.assign(best, x[n, j]), .assign(position, .index(Index(j), .i32))],
              otherwise: [])),
          y.set(n, to: .local(position)))
      ], origins: [])
  }()

  /// A step of an optimizer, in place, with a counter.
  package static let update: Kernel = {
    var d = Declarations()
    let i = d.variable("i", 30)
    let (w, m, g) = (
      d.buffer("w1", [30]), d.buffer("w1.momentum", [30]), d.buffer("w1.gradient", [30])
    )
    let (rate, step) = (d.buffer("rate", []), d.buffer("step", [], .i64))
    let moved = number(0.9) * m[i] + g[i]
    return Kernel(
      name: "sgd",
      parameters: [
        .init(w, .readWrite), .init(m, .readWrite), .init(g, .read), .init(rate, .read),
        .init(step, .readWrite),
      ],
      definitions: [
        Definition(.buffer(m, [Index(i)]), moved),
        Definition(.buffer(w, [Index(i)]), w[i] - rate.value * m[i]),
        Definition(.buffer(step, []), step.value + number(1, .i64)),
      ],
      body: [
        i.parallel(m.set(i, to: moved), w.set(i, to: w[i] - rate.value * m[i])),
        .store(step, [], step.value + number(1, .i64)),
      ], origins: ["mlp.swift:21"])
  }()

  /// Positions that wrap around at both ends: quotients and remainders of negative numbers.
  package static let roll: Kernel = {
    var d = Declarations()
    let (i, j) = (d.variable("i", 8), d.variable("j", 6))
    let (x, y) = (d.buffer("x", [8, 6]), d.buffer("y", [8, 6]))
    let source = (Index(5) - Index(i) * 2).divided(by: 8).remainder
    let column =
      (Index(5) - Index(j)).divided(by: 4).quotient + (Index(j) - 3).divided(by: 6).remainder
    let clamped = column.divided(by: 6).remainder
    return Kernel(
      name: "roll", parameters: [.init(x, .read), .init(y, .write)],
      definitions: [Definition(.buffer(y, [Index(i), Index(j)]), x[source, clamped])],
      body: [i.loop(j.loop(y.set(i, j, to: x[source, clamped])))], origins: ["roll.swift:3"])
  }()

  /// A loop that does not know its end.
  package static let collatz: Kernel = {
    var d = Declarations()
    let n = d.variable("n", 10)
    let (start, count) = (d.buffer("start", [10], .i32), d.buffer("count", [10], .i32))
    let (x, steps) = (d.local("x", .i32), d.local("steps", .i32))
    let isOdd = Expression.apply(
      .equal, [.apply(.bitAnd, [.local(x), number(1, .i32)]), number(1, .i32)])
    return Kernel(
      name: "collatz", parameters: [.init(start, .read), .init(count, .write)], definitions: [],
      body: [
        n.parallel(
          .variable(x, start[n]), .variable(steps, number(0, .i32)),
          .whileLoop(
            .apply(.greater, [.local(x), number(1, .i32)]),
            [
              .when(
                isOdd, then: [.assign(x, number(3, .i32) * .local(x) + number(1, .i32))],
                otherwise: [.assign(x, .local(x) / number(2, .i32))]),
              .assign(steps, .local(steps) + number(1, .i32)),
            ]),
          count.set(n, to: .local(steps)))
      ], origins: ["collatz.swift:1"])
  }()

  /// Numbers that are stored in 16 bits.
  package static let halves: Kernel = {
    var d = Declarations()
    let (n, i) = (d.variable("n", 2), d.variable("i", 9))
    let (x, s) = (d.buffer("x", [2, 9], .f16), d.buffer("scale", [], .bf16))
    let (y, z) = (d.buffer("y", [2, 9], .bf16), d.buffer("z", [2, 9], .f16))
    let scaled = Expression.cast(x[n, i], .f32) * .cast(s.value, .f32)
    return Kernel(
      name: "halves",
      parameters: [.init(x, .read), .init(s, .read), .init(y, .write), .init(z, .write)],
      definitions: [Definition(.buffer(y, [Index(n), Index(i)]), .cast(scaled, .bf16))],
      body: [
        n.loop(i.loop(y.set(n, i, to: .cast(scaled, .bf16)), z.set(n, i, to: x[n, i])))
      ], origins: ["half.swift:2"])
  }()

  /// Cases, and an array of the kernel's own that does not begin as zero.
  package static let piecewise: Kernel = {
    var d = Declarations()
    let (i, k) = (d.variable("i", 12), d.variable("k", 3))
    let (x, y, limits) = (d.buffer("x", [12]), d.buffer("y", [12]), d.buffer("limits", [2, 3]))
    let low = Expression.load(limits, [Index(0), Index(k)])
    return Kernel(
      name: "piecewise", parameters: [.init(x, .read), .init(y, .write)], definitions: [],
      body: [
        .array(limits, fill: Literal(0.5, .f32)),
        k.loop(
          .store(limits, [Index(0), Index(k)], .apply(.negate, [.index(Index(k), .f32)]) - low)),
        i.loop(
          .when(
            .apply(.less, [x[i], limits[Index(0), Index(2)]]), then: [y.set(i, to: number(-1))],
            otherwise: [
              .when(
                .apply(
                  .or,
                  [
                    .apply(.greater, [x[i], number(1)]),
                    .apply(
                      .and, [.within(Index(i), 3..<20), .apply(.not, [.within(Index(i), 0..<7)])]),
                  ]), then: [y.set(i, to: number(1))], otherwise: [y.set(i, to: x[i])])
            ])),
      ], origins: ["piecewise.swift:5"])
  }()

  /// Several stages over one row.
  package static let softmax: Kernel = {
    var d = Declarations()
    let (n, j) = (d.variable("n", 3), d.variable("j", 10))
    let (x, y) = (d.buffer("logits", [3, 10]), d.buffer("probability", [3, 10]))
    let (top, sum) = (d.local("top"), d.local("sum"))
    let power = Expression.apply(.exp, [x[n, j] - .local(top)])
    return Kernel(
      name: "softmax", parameters: [.init(x, .read), .init(y, .write)],
      definitions: [
        Definition(.local(top), .reduce(.maximum, [j], x[n, j])),
        Definition(.local(sum), .reduce(.sum, [j], power)),
        Definition(.buffer(y, [Index(n), Index(j)]), power / .local(sum)),
      ],
      body: [
        n.parallel(
          .variable(top, number(-.infinity)),
          j.loop(.assign(top, .apply(.maximum, [.local(top), x[n, j]]))),
          .variable(sum, number(0)),
          j.loop(y.set(n, j, to: power), .assign(sum, .local(sum) + y[n, j])),
          j.loop(y.set(n, j, to: y[n, j] / .local(sum))))
      ], origins: ["digits.swift:14"])
  }()

  /// A row that is held in an array, which begins as nothing, and asks for the next one.
  package static let turned: Kernel = {
    var d = Declarations()
    let (n, i, j) = (d.variable("n", 3), d.variable("i", 32), d.variable("j", 32))
    let (x, y) = (d.buffer("x", [3, 32]), d.buffer("y", [3, 32]))
    let held = d.buffer("held", [32])
    let next = (Index(n) + 1).divided(by: 3).remainder
    return Kernel(
      name: "turned", parameters: [.init(x, .read), .init(y, .write)], definitions: [],
      body: [
        n.parallel(
          .array(held, fill: nil),
          .fetch(x, [next, Index(0)], count: 32),
          i.loop(held.set(i, to: x[n, i] * number(2))),
          j.loop(y.set(n, j, to: held[Index(31) - Index(j)])))
      ], origins: ["turned.swift:3"])
  }()

  /// Loops along four arrays: one that is a part of the loop around it, one of which several passes
  /// may run at once, and one of which each pass reads what the last one wrote.
  package static let neighbours: Kernel = {
    var d = Declarations()
    let (n, i) = (d.variable("n", 3), d.variable("i", 32))
    let (k, j, l) = (d.variable("k", 3), d.variable("j", 32), d.variable("l", 31))
    let (a, b) = (d.buffer("a", [3, 32]), d.buffer("b", [3, 32]))
    let (m, v) = (d.buffer("m", [3, 32]), d.buffer("v", [3, 32]))
    let next = [Index(k), Index(l) + 1]
    return Kernel(
      name: "neighbours",
      parameters: [.init(a, .read), .init(b, .read), .init(m, .readWrite), .init(v, .readWrite)],
      definitions: [],
      body: [
        n.parallel(
          i.parallel(m.set(n, i, to: m[n, i] + a[n, i]), v.set(n, i, to: v[n, i] + b[n, i]))),
        k.parallel(
          j.loop(m.set(k, j, to: m[k, j] + b[k, j]), v.set(k, j, to: v[k, j] + a[k, j])),
          l.loop(.store(m, next, m[k, l] + a[k, l]), .store(v, next, v[k, l] + b[k, l]))),
      ], origins: ["neighbours.swift:3"])
  }()
}
