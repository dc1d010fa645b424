import GraphIR
import GraphKit
import LoopIR

// Layers, activations and losses.

func addNetworks(_ table: inout OpInfoTable) {
  addActivations(&table)
  addPieces(&table)
  addSoftmax(&table)
  addNormalisations(&table)
  addLosses(&table)
  addMarginLosses(&table)
}

private func addActivations(_ table: inout OpInfoTable) {
  table.add("nn.functional.relu") {
    let x = try $0.x
    return x.elementType.isFloat ? relu(x) : maximum(x, x.filled(0))
  }
  table.add("nn.functional.relu6") { clampedOpen(try $0.x, 0, 6) }
  table.add("nn.functional.hardtanh") {
    clampedOpen(try $0.x, try $0.number(1, "min_val") ?? -1, try $0.number(2, "max_val") ?? 1)
  }
  table.add("nn.functional.leaky_relu") {
    leakyReLU(try $0.x, slope: try $0.number(1, "negative_slope") ?? 0.01)
  }
  table.add("nn.functional.elu") { elu(try $0.x, alpha: try $0.number(1, "alpha") ?? 1) }
  table.add("nn.functional.gelu") {
    gelu(try $0.x, approximate: $0.text(nil, "approximate") == "tanh")
  }
  table.add("nn.functional.silu") { silu(try $0.x) }
  table.add("nn.functional.mish") {
    let x = try $0.x
    return x * tanh(softplus(x))
  }
  table.add("nn.functional.logsigmoid") { -softplus(-(try $0.x)) }
  table.add("nn.functional.softsign") {
    let x = try $0.real(0)
    return x / (1 + abs(x))
  }
  table.add("nn.functional.tanhshrink") {
    let x = try $0.real(0)
    return x - tanh(x)
  }
  table.add("nn.functional.selu") {
    let x = try $0.x
    let (alpha, scale) = (1.673_263_242_354_377_2, 1.050_700_987_355_480_5)
    return select(x .> 0, x, expm1(minimum(x, 0)) * alpha) * scale
  }
  table.add("nn.functional.celu") {
    let x = try $0.x
    let alpha = try $0.number(1, "alpha") ?? 1
    return select(x .> 0, x, expm1(minimum(x, 0) / alpha) * alpha)
  }
  table.add("nn.functional.hardsigmoid") { clampedOpen(try $0.x + 3, 0, 6) / 6 }
  table.add("nn.functional.hardswish") {
    let x = try $0.x
    return x * clampedOpen(x + 3, 0, 6) / 6
  }
  table.add("nn.functional.softplus") {
    let x = try $0.x
    let beta = try $0.number(1, "beta") ?? 1
    let threshold = try $0.number(2, "threshold") ?? 20
    return select(x * beta .> threshold, x, softplus(x * beta) / beta)
  }
}

// Like `clamped`, but flat at the bounds.
private func clampedOpen(_ x: Tensor, _ low: Double, _ high: Double) -> Tensor {
  select(x .<= low, x.filled(low), select(x .>= high, x.filled(high), x))
}

private func addPieces(_ table: inout OpInfoTable) {
  table.add("nn.functional.threshold") {
    let x = try $0.x
    return select(x .> (try $0.number(1) ?? 0), x, x.filled(try $0.number(2) ?? 0))
  }
  table.add("nn.functional.hardshrink") {
    let x = try $0.x
    let bound = try $0.number(1, "lambd") ?? 0.5
    return select((x .>= -bound) .&& (x .<= bound), x.filled(0), x)
  }
  table.add("nn.functional.softshrink") {
    let x = try $0.x
    let bound = try $0.number(1, "lambd") ?? 0.5
    return select(x .> bound, x - bound, select(x .< -bound, x + bound, x * 0))
  }
  table.add("nn.functional.prelu") {
    let (x, weight) = (try $0.x, try $0.tensor(1, "weight"))
    let rank = Swift.max(x.rank - 2, 0)
    let slope =
      weight.shape.count == 1 || x.rank < 2
      ? weight.reshaped(x.rank == 0 ? [] : Shape([weight.shape.count]))
      : weight.reshaped(Shape([weight.shape.count] + Array(repeating: 1, count: rank)))
    return select(x .> 0, x, x * slope)
  }
  table.add("nn.functional.glu") {
    let x = try $0.x
    let axis = try $0.axis(x, 1, or: -1)
    let half = x.dims[axis] / 2
    return x.sliced(axis, 0..<half) * sigmoid(x.sliced(axis, half..<(2 * half)))
  }
  table.add("nn.functional.cosine_similarity") {
    let (a, b) = (try $0.x, try $0.tensor(1))
    let bound = try $0.number(3, "eps") ?? 1e-8
    let product = a * b
    let axis = try $0.axis(product, 2, or: 1)
    let axes = product.rank == 0 ? [] : [axis]
    let sizes = try [a + b * 0, b + a * 0].map { try norm($0, 2, axes: axes, keep: false) }
    return product.sum(axes: axes) / maximum(sizes[0], bound) / maximum(sizes[1], bound)
  }
  table.add("nn.functional.pairwise_distance") {
    let d = try $0.real(0) - $0.real(1) + ($0.number(nil, "eps") ?? 1e-6)
    let p = try $0.number(2, "p") ?? 2
    return try norm(d, p, axes: [d.rank - 1], keep: $0.flag(nil, "keepdim"))
  }
  table.add("nn.functional.one_hot") {
    let count = try $0.int(1, "num_classes") ?? -1
    if count < 0 { throw Inexpressible("the shape of the result depends on data") }
    return try $0.x.oneHot(count).cast(to: .i64)
  }
  addShuffles(&table)
}

private func addShuffles(_ table: inout OpInfoTable) {
  for (name, key) in [
    ("nn.functional.pixel_shuffle", "upscale_factor"),
    ("nn.functional.pixel_unshuffle", "downscale_factor"),
  ] {
    table.add(name) {
      let x = try $0.x
      let r = try $0.int(nil, key) ?? 1
      let (n, c, h, w) = (x.dims[0], x.dims[1], x.dims[2], x.dims[3])
      if name.hasSuffix("_shuffle") {
        return x.reshaped([n, c / r / r, r, r, h, w]).transposed([0, 1, 4, 2, 5, 3])
          .reshaped([n, c / r / r, h * r, w * r])
      }
      return x.reshaped([n, c, h / r, r, w / r, r]).transposed([0, 1, 3, 5, 2, 4])
        .reshaped([n, c * r * r, h / r, w / r])
    }
  }
  table.add("nn.functional.channel_shuffle") {
    let x = try $0.x
    let groups = try $0.int(1, "groups") ?? 1
    let rest = Array(x.dims[2...])
    return x.reshaped(Shape([x.dims[0], groups, x.dims[1] / groups] + rest))
      .transposed([0, 2, 1] + Array(3..<(rest.count + 3))).reshaped(x.shape)
  }
}

private func addSoftmax(_ table: inout OpInfoTable) {
  func axis(_ call: OpInfoCall, _ x: Tensor) throws -> Int { try call.axis(x) }
  let functions: [(String, (Tensor, Int) -> Tensor)] = [
    ("softmax", { softmax($0, axis: $1) }), ("log_softmax", { logSoftmax($0, axis: $1) }),
    ("nn.functional.softmin", { softmax(-$0, axis: $1) }),
  ]
  for (name, function) in functions {
    table.add(name) {
      let x = try $0.real(0)
      return x.rank == 0 ? function(x.reshaped([1]), 0).reshaped([]) : function(x, try axis($0, x))
    }
  }
  for (name, function) in [
    ("masked.softmax", functions[0].1), ("masked.log_softmax", functions[1].1),
    ("masked.softmin", functions[2].1),
  ] {
    table.add(name) {
      let x = try $0.real(0)
      guard let mask = try $0.optionalTensor(nil, "mask") else {
        return try along(x, try axis($0, x)) { [function($0, $1)] }[0]
      }
      let outside = name == "masked.softmin" ? Double.infinity : -.infinity
      return try along(select(mask, x, x.filled(outside)), try axis($0, x)) {
        [function($0, $1)]
      }[0]
    }
  }
}

private func addNormalisations(_ table: inout OpInfoTable) {
  func normalised(_ x: Tensor, _ axes: [Int], _ bound: Double) -> Tensor {
    let d = x - x.mean(axes: axes, keep: true)
    return d * rsqrt((d * d).mean(axes: axes, keep: true) + bound)
  }
  // Scale and shift of channels, the second axis.
  func affine(_ x: Tensor, _ call: OpInfoCall, _ scale: Int?, _ shift: Int?) throws -> Tensor {
    let dims = Shape([x.dims[1]] + Array(repeating: 1, count: x.rank - 2))
    var y = x
    if let w = try call.optionalTensor(scale, "weight") { y *= w.reshaped(dims) }
    if let b = try call.optionalTensor(shift, "bias") { y += b.reshaped(dims) }
    return y
  }
  table.add("nn.functional.layer_norm", "nn.functional.rms_norm") {
    let x = try $0.x
    let axes = Array((x.rank - (try $0.ints(1) ?? []).count)..<x.rank)
    let isRMS = $0.sample.name.hasSuffix("rms_norm")
    let bound = try $0.number(nil, "eps") ?? (isRMS ? Double.ulpOfOne : 1e-5)
    var y =
      isRMS ? x * rsqrt((x * x).mean(axes: axes, keep: true) + bound) : normalised(x, axes, bound)
    if let w = try $0.optionalTensor(2, "weight") { y *= w }
    if let b = try $0.optionalTensor(3, "bias") { y += b }
    return y
  }
  table.add("nn.functional.group_norm") {
    let x = try $0.x
    let groups = try $0.int(1) ?? 1
    let y = normalised(
      x.reshaped([x.dims[0], groups, -1]), [2], try $0.number(nil, "eps") ?? 1e-5)
    return try affine(y.reshaped(x.shape), $0, nil, nil)
  }
  table.add("nn.functional.instance_norm", "nn.functional.batch_norm") {
    let x = try $0.x
    let bound = try $0.number(nil, "eps") ?? 1e-5
    let isBatch = $0.sample.name.hasSuffix("batch_norm")
    let usesOwn = isBatch ? $0.flag(5, "training") : $0.flag(nil, "use_input_stats", true)
    if usesOwn {
      let axes = (isBatch ? [0] : []) + Array(2..<x.rank)
      return try affine(normalised(x, axes, bound), $0, 3, 4)
    }
    let dims = Shape([x.dims[1]] + Array(repeating: 1, count: x.rank - 2))
    let mean = try $0.tensor(1, "running_mean").reshaped(dims)
    let variance = try $0.tensor(2, "running_var").reshaped(dims)
    return try affine((x - mean) * rsqrt(variance + bound), $0, 3, 4)
  }
  addOtherNormalisations(&table)
}

private func addOtherNormalisations(_ table: inout OpInfoTable) {
  table.add("nn.functional.normalize", "masked.normalize") {
    let x = try $0.x
    let isMasked = $0.sample.name.hasPrefix("masked")
    if $0.value(nil, "mask") != nil { throw Inexpressible("a norm of masked elements") }
    let p = try $0.number(isMasked ? 1 : nil, isMasked ? "ord" : "p") ?? 2
    let axis = try $0.axis(x, isMasked ? 2 : nil, or: 1)
    let size = try along(x, axis) { [try norm($0, p, axes: [$1], keep: true)] }[0]
    return x / maximum(size, try $0.number(nil, "eps") ?? 1e-12)
  }
  table.add("nn.functional.local_response_norm") {
    let x = try $0.x
    if !x.elementType.isFloat { throw Inexpressible("integers that PyTorch rounds in between") }
    let size = try $0.int(1, "size") ?? 1
    let alpha = try $0.number(2, "alpha") ?? 1e-4
    let beta = try $0.number(3, "beta") ?? 0.75
    let squares = (x * x).padded(
      [(0, 0), (size / 2, (size - 1) / 2)] + Array(repeating: (0, 0), count: x.rank - 2))
    let windows = (0..<size).map { squares.sliced(1, $0..<($0 + x.dims[1])) }
    let sum = windows.dropFirst().reduce(windows[0], +) / Double(size)
    return x / pow(sum * alpha + (try $0.number(4, "k") ?? 1), beta)
  }
}
