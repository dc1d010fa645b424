package import LoopIR

/// Kernels written by hand, each of which shows something; all can be run.
package enum Kernels {
  package static let all: [Kernel] = [
    linearRelu, paddedConvolution, maxPool, sumOfSquares, gather, dropout, argMax, update, roll,
    collatz, halves, piecewise, softmax, product, turned, neighbours,
  ]

  /// A matrix product with bias and activation.
  package static let linearRelu: Kernel = {
    var d = Declarations()
    let (n, j, i) = (d.variable("n", 4), d.variable("j", 5), d.variable("i", 6))
    let (x, w) = (d.buffer("x", [4, 6]), d.buffer("w1", [5, 6]))
    let (b, h) = (d.buffer("b1", [5]), d.buffer("h1", [4, 5]))
    let sum = Expression.reduce(.sum, [i], x[n, i] * w[j, i])
    return Kernel(
      name: "linear_relu",
      parameters: [.init(x, .read), .init(w, .read), .init(b, .read), .init(h, .write)],
      definitions: [
        Definition(.buffer(h, [Index(n), Index(j)]), .apply(.maximum, [b[j] + sum, number(0)]))
      ],
      body: [
        n.parallel(
          j.loop(h.set(n, j, to: b[j])),
          j.loop(i.loop(h.set(n, j, to: h[n, j] + x[n, i] * w[j, i]))),
          j.loop(h.set(n, j, to: .apply(.maximum, [h[n, j], number(0)]))))
      ], origins: ["mlp.swift:12"])
  }()

  /// A 3x3 convolution with a border of zeros that are not stored.
  package static let paddedConvolution: Kernel = {
    var d = Declarations()
    let (n, c, y, x) = (
      d.variable("n", 2), d.variable("c", 3), d.variable("y", 6), d.variable("x", 5)
    )
    let (i, r, s) = (d.variable("i", 2), d.variable("r", 3), d.variable("s", 3))
    let image = d.buffer("image", [2, 2, 6, 5])
    let (weight, bias) = (d.buffer("conv1.weight", [3, 2, 3, 3]), d.buffer("conv1.bias", [3]))
    let result = d.buffer("conv2d.1", [2, 3, 6, 5])
    let sum = d.local("sum")
    let (row, column) = (y + r - 1, x + s - 1)
    let inside = Expression.apply(
      .and, [.within(row, 0..<6), .within(column, 0..<5)])
    let product = image[Index(n), Index(i), row, column] * weight[c, i, r, s]
    return Kernel(
      name: "conv2d_relu",
      parameters: [
        .init(image, .read), .init(weight, .read), .init(bias, .read), .init(result, .write),
      ],
      definitions: [
        Definition(
          .buffer(result, [Index(n), Index(c), Index(y), Index(x)]),
          .apply(
            .maximum,
            [
              bias[c] + .reduce(.sum, [i, r, s], .apply(.select, [inside, product, number(0)])),
              number(0),
            ]))
      ],
      body: [
        n.parallel(
          c.parallel(
            y.loop(
              x.loop(
                .variable(sum, bias[c]),
                i.loop(
                  r.loop(
                    s.loop(
                      .when(inside, then: [.assign(sum, .local(sum) + product)], otherwise: [])))),
                result.set(n, c, y, x, to: .apply(.maximum, [.local(sum), number(0)]))))))
      ], origins: ["digits.swift:4", "digits.swift:5"])
  }()

  /// The largest of each 2x2 window.
  package static let maxPool: Kernel = {
    var d = Declarations()
    let (c, y, x) = (d.variable("c", 6), d.variable("y", 3), d.variable("x", 2))
    let (r, s) = (d.variable("r", 2), d.variable("s", 2))
    let (from, to) = (d.buffer("x", [6, 6, 5]), d.buffer("y", [6, 3, 2]))
    let best = d.local("best")
    let candidate = from[Index(c), 2 * y + r, 2 * x + s]
    return Kernel(
      name: "max_pool", parameters: [.init(from, .read), .init(to, .write)],
      definitions: [
        Definition(
          .buffer(to, [Index(c), Index(y), Index(x)]), .reduce(.maximum, [r, s], candidate))
      ],
      body: [
        c.parallel(
          y.loop(
            x.loop(
              .variable(best, number(-.infinity)),
              r.loop(s.loop(.assign(best, .apply(.maximum, [.local(best), candidate])))),
              to.set(c, y, x, to: .local(best)))))
      ], origins: ["digits.swift:6"])
  }()

  /// A sum in lanes, which compilers vectorise, folded in fixed order.
  package static let sumOfSquares: Kernel = {
    var d = Declarations()
    let (i, l) = (d.variable("i", 128), d.variable("l", 32))
    let (x, loss, s) = (d.buffer("x", [128]), d.buffer("loss", []), d.buffer("s", [32]))
    let total = d.local("total")
    let square = x[i + l] * x[i + l]
    return Kernel(
      name: "mean_square", parameters: [.init(x, .read), .init(loss, .write)],
      definitions: [Definition(.buffer(loss, []), .reduce(.sum, [i], x[i] * x[i]) / number(128))],
      body: [
        .array(s, fill: Literal(0.0, .f32)),
        i.loop(every: 32, l.loop(s.set(l, to: s[l] + square))),
        .variable(total, number(0)),
        l.loop(.assign(total, .local(total) + s[l])),
        .store(loss, [], .local(total) / number(128)),
      ], origins: ["mlp.swift:20"])
  }()

  /// Rows of a table, chosen at run time.
  package static let gather: Kernel = {
    var d = Declarations()
    let (n, j) = (d.variable("n", 6), d.variable("j", 4))
    let (table, token) = (d.buffer("table", [10, 4]), d.buffer("token", [6], .i64))
    let result = d.buffer("embedding", [6, 4])
    let row = Index(token[n], in: 0...9)
    return Kernel(
      name: "gather",
      parameters: [.init(table, .read), .init(token, .read), .init(result, .write)],
      definitions: [Definition(.buffer(result, [Index(n), Index(j)]), table[row, Index(j)])],
      body: [n.loop(j.loop(result.set(n, j, to: table[row, Index(j)])))], origins: ["gpt.swift:9"])
  }()

  /// Random bits from a key that is state, and a scalar that is only read.
  package static let dropout: Kernel = {
    var d = Declarations()
    let (n, i) = (d.variable("n", 2), d.variable("i", 70))
    let (x, y) = (d.buffer("x", [2, 70]), d.buffer("y", [2, 70]))
    let (key, step) = (d.buffer("key", [2], .u32), d.buffer("step", [], .u32))
    let bits = d.local("bits", .u32)
    let element = Expression.index(70 * n + i, .u32)
    let random = Expression.apply(
      .randomBits,
      [key[Index(0)], key[Index(1)], step.value, number(7, .u32), number(0, .u32), element])
    let uniform = Expression.cast(.apply(.shiftRight, [.local(bits), number(8, .u32)]), .f32)
    let keep = Expression.apply(.less, [uniform * number(0x1p-24), number(0.9)])
    return Kernel(
      name: "dropout",
      parameters: [.init(x, .read), .init(key, .read), .init(step, .read), .init(y, .write)],
      definitions: [
        Definition(.local(bits), random),
        Definition(
          .buffer(y, [Index(n), Index(i)]),
          .apply(.select, [keep, x[n, i] / number(0.9), number(0)])),
      ],
      body: [
        n.loop(
          i.loop(
            .constant(bits, random),
            y.set(n, i, to: .apply(.select, [keep, x[n, i] / number(0.9), number(0)]))))
      ], origins: ["gpt.swift:30"])
  }()
}
