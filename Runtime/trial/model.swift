// The trial kernels: small functions in which each construct of emitted C occurs. trial.c and
// numbers.h are made from it, see Tests/README.md.
import GraphKit

/// What has parameters; their values are those that `check.c` gives them.
struct Weights: Module {
  let strided = Conv2D(4, 6, kernel: 3, stride: 2, padding: 1, groups: 2, initialiser: .zeros)
  let dilated = Conv2D(4, 6, kernel: 3, padding: [2, 1], dilation: [2, 1], initialiser: .zeros)
  let winograd = Conv2D(32, 32, kernel: 3, padding: 1, bias: false, initialiser: .zeros)
  let transposed = ConvTranspose2D(4, 3, kernel: 3, stride: 2, bias: false, initialiser: .zeros)
  let short = Conv2D(24, 24, kernel: 3, padding: 1, groups: 24, initialiser: .zeros)
  let long = Conv2D(24, 24, kernel: [3, 5], stride: 2, groups: 24, bias: false, initialiser: .zeros)
  let cell = GRU(3, 5)
}

let net = Weights()
let model = Model("trial", net)

model.function("map", Input("x", [7, 5])) { x in
  let size = abs(x) + 0.5
  let logarithm = log(size) + log1p(x * x)
  let squashed = tanh(x) + sigmoid(x) + erf(x)
  let angle = sin(x) * cos(x) + atan(x)
  let power = pow(size, Tensor(1.5)) + rsqrt(size)
  return [
    "exponential": exp(x) - expm1(x / 8), "logarithm": logarithm, "squashed": squashed,
    "angle": angle, "power": power, "chosen": select(x .> 0, gelu(x), x / 3),
  ]
}

model.function("reduce", Input("x", [3, 37])) { x in
  [
    "sum": x.sum(axes: [1]), "largest": x.max(axes: [1]), "least": x.min(axes: [0]),
    "place": x.argmax(axis: 1), "variance": x.variance(axes: [0]), "all": (x * x).mean(),
  ]
}

model.function("backwards", Input("x", [2, 4, 3])) { x in
  let sum = x.cumulativeSum(axis: 2)
  return [
    "sum": x.reversed(axes: [2]).sum(),
    "cumulative": x.cumulativeSum(axis: 1, reversed: true),
    "slope": gradient(of: (sum * sum).sum(), by: [x])[0],
    "odd": x.reversed(axes: [1]).sliced(1, from: 0, to: 4, step: 2),
  ]
}

model.function("rows", Input("x", [3, 2, 8]), Input("y", [3, 13]), Input("k", [3], .i32)) {
  x, y, k in
  let norm = LayerNorm(13, affine: false)(y)
  let loss = crossEntropy(norm, k % 13)
  return ["softmax": softmax(x), "norm": norm, "slope": gradient(of: loss, by: [y])[0]]
}

model.function("attention", Input("q", [2, 8, 4]), Input("k", [2, 8, 4])) { q, k in
  let result = scaledDotProductAttention(q, k, k, isCausal: true)
  return ["result": result, "slope": gradient(of: (result * q).sum(), by: [k])[0]]
}

model.function("pad", Input("x", [2, 2, 3, 5])) { x in
  [
    "zeros": x.padded([(0, 0), (0, 0), (2, 1), (2, 2)]) + 1,
    "mirrored": x.padded([(0, 0), (0, 0), (1, 2), (1, 1)], mode: .reflect) * 2,
  ]
}

model.function("convolution", Input("x", [1, 4, 7, 5])) { x in
  let a = net.strided(x), b = net.dilated(x)
  return [
    "strided": a, "dilated": b, "transposed": net.transposed(x).sum(axes: [3]),
    "slope": gradient(of: (a * a).sum() / 64, by: [x])[0],
    "weight": gradient(of: (a * a).sum() / 64, by: [net.strided.weight.value])[0],
  ]
}

model.function("depthwise", Input("x", [1, 24, 5, 7])) { x in
  ["result": net.long(relu(net.short(x)))]
}

model.function("winograd", Input("x", [1, 32, 12, 12])) { x in
  ["result": relu(net.winograd(relu(net.winograd(x)))).max(axes: [3])]
}

model.function("pool", Input("x", [1, 2, 7, 9])) { x in
  let largest = MaxPool2D(3, stride: 2, padding: 1)(x), mean = AvgPool2D(2)(x)
  return [
    "largest": largest, "mean": mean,
    "slope": gradient(of: (largest * largest).sum() + (mean * mean).sum(), by: [x])[0],
  ]
}

model.function("product", Input("a", [37, 61]), Input("b", [61, 43])) { a, b in
  let c = a.matmul(b)
  let slope = gradient(of: (c * c).sum() / 1024, by: [a])[0]
  return ["result": c.max(axes: [1]), "slope": slope.sum(axes: [0])]
}

model.function("columns", Input("a", [13, 9]), Input("b", [9, 61]), Input("c", [390, 9])) {
  a, b, c in
  ["in_place": tanh(a.matmul(b)), "own": exp(a.matmul(c.transposed()) / 16).max(axes: [1])]
}

model.function("shared", Input("x", [96, 1031])) { x in
  let columns = tanh(x).sum(axes: [0])
  return ["rows": exp(x / 4).sum(axes: [1]), "columns": columns.sliced(0, 0..<40)]
}

model.function("row", Input("x", [1, 96]), Input("w", [70, 96])) { x, w in
  ["result": tanh(x.matmul(w.transposed()) / 64)]
}

model.function("recurrent", Input("x", [3, 2, 3])) { x in ["result": net.cell(x)] }

model.function("integers", Input("a", [23], .i32), Input("b", [23], .i64), Input("c", [23], .u8)) {
  a, b, c in
  let (divisor, modulus) = (a % 7 - 3, b % 5 + 1)
  let bits = (a << 3) ^ (a & 5)
  return [
    "quotient": a.divided(by: divisor, rounding: .down), "rest": b % modulus, "bits": bits,
    "narrow": c * c, "sum": b.sum(), "place": a.argmin(axis: 0),
  ]
}

model.function("halves", Input("x", [3, 11], .f16), Input("y", [3, 11], .bf16)) { x, y in
  let wide = exp(y.cast(to: .f32))
  return ["sum": x.sum(axes: [1]), "map": x * x, "wide": wide, "narrow": wide.cast(to: .bf16)]
}

model.function("double", Input("x", [3, 11], .f64)) { x in
  let map = exp(x) * tanh(x) + erf(x)
  return ["map": map, "sum": x.sum(axes: [0]), "softmax": softmax(x)]
}

model.function("places", Input("x", [9, 4]), Input("i", [6], .i32)) { x, i in
  let rows = x.gather(i % 9, axis: 0)
  return [
    "gathered": rows, "slope": gradient(of: (rows * rows).sum(), by: [x])[0],
    "scattered": x.scattered(slices: rows, at: i % 9, axis: 0), "order": x.argsort(axis: 0),
    "edits": (i % 3).editDistance(to: i.reversed(axes: [0]) % 3, lengths: i.element(0) % 7),
  ]
}

model.function("random") { ["uniform": randomUniform([70]), "normal": randomNormal([5])] }
