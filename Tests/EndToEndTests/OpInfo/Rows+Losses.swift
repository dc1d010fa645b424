import GraphIR
import GraphKit
import LoopIR

/// How a loss is joined; `batchmean` is the sum divided by the number of examples.
private func reduced(_ call: OpInfoCall, _ each: Tensor) -> Tensor {
  switch call.text(nil, "reduction") {
  case "none": each
  case "sum": each.sum()
  case "batchmean": each.sum() / Double(each.shape[0])
  default: each.mean()
  }
}

func addLosses(_ table: inout OpInfoTable) {
  func difference(_ call: OpInfoCall) throws -> Tensor { try call.x - (try call.tensor(1)) }
  table.add("nn.functional.mse_loss") { call in
    let d = try difference(call)
    let weighted = try call.optionalTensor(nil, "weight").map { d * d * $0 } ?? d * d
    return reduced(call, weighted)
  }
  table.add("nn.functional.l1_loss") { reduced($0, abs(try difference($0))) }
  table.add("nn.functional.huber_loss") {
    let y = huber(
      try $0.x, try $0.tensor(1), delta: try $0.number(nil, "delta") ?? 1, reduction: .none)
    return reduced($0, y)
  }
  table.add("nn.functional.smooth_l1_loss") {
    let y = smoothL1(
      try $0.x, try $0.tensor(1), beta: try $0.number(nil, "beta") ?? 1, reduction: .none)
    return reduced($0, y)
  }
  table.add("nn.functional.kl_div") {
    let (x, t) = (try $0.x, try $0.tensor(1))
    return reduced(
      $0, klDivergence(x, t, logTarget: $0.flag(nil, "log_target"), reduction: .none))
  }
  table.add("nn.functional.binary_cross_entropy") {
    var y = binaryCrossEntropy(probabilities: try $0.x, try $0.tensor(1), reduction: .none)
    if let weight = try $0.optionalTensor(nil, "weight") { y *= weight }
    return reduced($0, y)
  }
  table.add("nn.functional.binary_cross_entropy_with_logits") {
    let (x, t) = (try $0.x, try $0.tensor(1))
    var y = (1 - t) * x
    if let positive = try $0.optionalTensor(nil, "pos_weight") {
      y = y + (1 + (positive - 1) * t) * softplus(-x)
    } else {
      y = y + softplus(-x)
    }
    if let weight = try $0.optionalTensor(nil, "weight") { y *= weight }
    return reduced($0, y)
  }
  addLikelihoods(&table)
  addClassLosses(&table)
}

private func addLikelihoods(_ table: inout OpInfoTable) {
  table.add("nn.functional.poisson_nll_loss") {
    let (x, t) = try $0.reals()
    let bound = try $0.number(nil, "eps") ?? 1e-8
    var y = $0.flag(nil, "log_input", true) ? exp(x) - t * x : x - t * log(x + bound)
    if $0.flag(nil, "full") {
      let large = t .> 1
      let u = select(large, t, t.filled(1))
      y = y + select(large, u * log(u) - u + log(u * (2 * Double.pi)) * 0.5, t * 0)
    }
    return reduced($0, y)
  }
  table.add("nn.functional.gaussian_nll_loss") {
    let (x, t) = (try $0.x, try $0.tensor(1))
    var variance = try $0.tensor(2)
    let bound = try $0.number(nil, "eps") ?? 1e-6
    if variance.rank > 0, variance.rank < x.rank { variance = variance.expanded(at: -1) }
    // The bound is not seen by the gradient.
    let kept = variance + (maximum(variance, bound) - variance).stopGradient()
    let d = x - t
    var y = (log(kept) + d * d / kept) * 0.5
    if $0.flag(nil, "full") { y = y + 0.5 * logOfTwicePi }
    return reduced($0, y)
  }
}

/// The logarithm of twice pi.
private let logOfTwicePi = 1.837_877_066_409_345_5

private func addClassLosses(_ table: inout OpInfoTable) {
  // Scores with the classes second, and labels, both with a batch.
  func batched(_ call: OpInfoCall) throws -> (Tensor, Tensor) {
    let (x, t) = (try call.x, try call.tensor(1))
    return x.rank == 1 ? (x.expanded(at: 0), t.expanded(at: 0)) : (x, t)
  }
  func weights(_ call: OpInfoCall) throws -> [Double]? {
    guard case .tensor(let i)? = call.value(nil, "weight") else { return nil }
    return call.sample.inputs[i].values
  }
  func reduction(_ call: OpInfoCall) -> Reduction {
    switch call.text(nil, "reduction") {
    case "none": .none
    case "sum": .sum
    default: .mean
    }
  }
  table.add("nn.functional.cross_entropy", "nn.functional.nll_loss") {
    let (x, t) = try batched($0)
    let ignored = try $0.int(nil, "ignore_index")
    let y: Tensor
    if $0.sample.name.hasSuffix("nll_loss") {
      y = nll(
        x, t, classWeights: try weights($0), ignoring: ignored ?? -100, reduction: reduction($0))
    } else {
      y = crossEntropy(
        x, t, labelSmoothing: try $0.number(nil, "label_smoothing") ?? 0,
        classWeights: try weights($0), ignoring: t.elementType.isFloat ? nil : ignored ?? -100,
        reduction: reduction($0))
    }
    let isSingle = try $0.x.rank == 1
    return y.rank > 0 && isSingle ? y.reshaped([]) : y
  }
  table.add("nn.functional.multi_margin_loss", "nn.functional.multilabel_margin_loss") {
    // One example may come without an axis of examples, one class without an axis of classes.
    let (x, t) = (try $0.x, try $0.tensor(1))
    let scores = x.leading(1).leading(2)
    let y =
      $0.sample.name.hasSuffix("multi_margin_loss")
      ? multiMargin(
        scores, t.reshaped([-1]), power: try $0.int(nil, "p") ?? 1,
        margin: try $0.number(nil, "margin") ?? 1, classWeights: try weights($0),
        reduction: reduction($0))
      : multiLabelMargin(scores, t.reshaped(scores.shape), reduction: reduction($0))
    return y.rank > 0 && x.rank < 2 ? y.reshaped([]) : y
  }
  table.add("nn.functional.multilabel_soft_margin_loss") {
    let (x, t) = (try $0.x, try $0.tensor(1))
    var y = t * softplus(-x) + (1 - t) * softplus(x)
    if let weight = try $0.optionalTensor(2, "weight") { y *= weight }
    return reduced($0, y.mean(axes: [x.rank - 1]))
  }
}

func addMarginLosses(_ table: inout OpInfoTable) {
  table.add("nn.functional.soft_margin_loss") {
    reduced($0, softplus(-(try $0.real(0)) * (try $0.real(1))))
  }
  table.add("nn.functional.margin_ranking_loss") {
    let (a, b, t) = (try $0.real(0), try $0.real(1), try $0.real(2))
    let y = -t * (a - b) + (try $0.number(nil, "margin") ?? 0)
    return reduced($0, select(y .< 0, y * 0, y))
  }
  table.add("nn.functional.hinge_embedding_loss") {
    let (x, t) = (try $0.real(0), try $0.real(1))
    let margin = try $0.number(nil, "margin") ?? 1
    let far = margin - x
    return reduced(
      $0,
      select(t .!= 1, select(far .< 0, x * 0, far), x * 0) + select(t .!= -1, x, x * 0))
  }
  table.add("nn.functional.cosine_embedding_loss") {
    let (a, b, t) = (try $0.real(0), try $0.real(1), try $0.real(2))
    let axis = a.rank - 1
    // To the number of truths PyTorch adds in 32 bits, where the small number is lost.
    let isCount = try $0.x.elementType == .bool
    func size(_ x: Tensor) -> Tensor {
      let sum = (x * x).sum(axes: [axis])
      return isCount ? maximum(sum, 1e-8) : sum + 1e-8
    }
    let (aa, bb) = (size(a), size(b))
    let cosine = (a * b).sum(axes: [axis]) / sqrt(aa * bb)
    let far = cosine - (try $0.number(nil, "margin") ?? 0)
    let zero = cosine * 0
    return reduced(
      $0,
      select(t .== 1, 1 - cosine, zero) + select(t .== -1, select(far .< 0, zero, far), zero))
  }
  table.add("nn.functional.triplet_margin_loss") {
    let (x, near, far) = (try $0.real(0), try $0.real(1), try $0.real(2))
    let p = try $0.number(nil, "p") ?? 2
    let bound = try $0.number(nil, "eps") ?? 1e-6
    func distance(_ a: Tensor, _ b: Tensor) throws -> Tensor {
      try norm(a - b + bound, p, axes: [a.rank - 1], keep: false)
    }
    let close = try distance(x, near)
    var apart = try distance(x, far)
    if $0.flag(nil, "swap") { apart = minimum(apart, try distance(near, far)) }
    let y = close - apart + (try $0.number(nil, "margin") ?? 1)
    return reduced($0, select(y .< 0, y * 0, y))
  }
}
