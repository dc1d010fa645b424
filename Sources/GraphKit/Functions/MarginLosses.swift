public import TensorLibrary
internal import LoopIR

/// `x` where the target is 1, `max(0, margin - x)` where it is -1.
public func hingeEmbedding(
  _ x: Tensor, _ target: Tensor, margin: Double = 1, reduction: Reduction = .mean
) -> Tensor {
  pair("hinge_embedding", x, target) { x, t in
    let zero = x.filled(0)
    return reduction(
      select(t .!= 1, relu(margin - x), zero) + select(t .!= -1, x, zero))
  }
}

/// `log(1 + exp(-target * x))`, for targets that are -1 or 1.
public func softMargin(_ x: Tensor, _ target: Tensor, reduction: Reduction = .mean) -> Tensor {
  pair("soft_margin", x, target) { reduction(softplus(-$1 * $0)) }
}

/// `max(0, margin - target * (a - b))`, for targets that are -1 or 1.
public func marginRanking(
  _ a: Tensor, _ b: Tensor, _ target: Tensor, margin: Double = 0, reduction: Reduction = .mean
) -> Tensor {
  pair("margin_ranking", a, b) { a, b in
    pair("margin_ranking", a, target) { _, t in reduction(relu(-t * (a - b) + margin)) }
  }
}

/// `1 - cos` of the angle between vectors whose target is 1, and `max(0, cos - margin)` where it is
/// -1; `a` and `b` are `[n, d]`, the target `[n]`.
public func cosineEmbedding(
  _ a: Tensor, _ b: Tensor, _ target: Tensor, margin: Double = 0, reduction: Reduction = .mean
) -> Tensor {
  pair("cosine_embedding", a, b) { a, b in
    guard target.value != nil else { return target }
    guard a.rank >= 1, target.shape.dims == a.shape.dims.dropLast() else {
      let rule = "one target for each vector"
      Session.current.report(.operands("cosine_embedding", rule, a.type, target.type))
      return a.builder.poison()
    }
    // PyTorch adds the limit to the squares.
    func square(_ x: Tensor, _ y: Tensor) -> Tensor { (x * y).sum(axes: [-1]) }
    let cosine = square(a, b) / sqrt((square(a, a) + 1e-12) * (square(b, b) + 1e-12))
    let zero = cosine.filled(0)
    return reduction(
      select(target .== 1, 1 - cosine, zero)
        + select(target .== -1, relu(cosine - margin), zero))
  }
}

/// `max(0, margin + d(anchor, positive) - d(anchor, negative))` over the last axis.
///
/// With `swap`, the negative's distance from the anchor or from the positive counts, whichever is
/// smaller.
public func tripletMargin(
  _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, margin: Double = 1, p: Double = 2,
  epsilon: Double = 1e-6, swap: Bool = false, reduction: Reduction = .mean
) -> Tensor {
  tripletMargin(anchor, positive, negative, margin: margin, swap: swap, reduction: reduction) {
    pairwiseDistance($0, $1, p: p, epsilon: epsilon)
  }
}

/// The same for any distance.
public func tripletMargin(
  _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, margin: Double = 1,
  swap: Bool = false, reduction: Reduction = .mean, distance: (Tensor, Tensor) -> Tensor
) -> Tensor {
  pair("triplet_margin", anchor, positive) { anchor, positive in
    pair("triplet_margin", anchor, negative) { anchor, negative in
      let near = distance(anchor, positive)
      var far = distance(anchor, negative)
      if swap { far = minimum(far, distance(positive, negative)) }
      guard near.value != nil, far.value != nil else { return anchor.builder.poison() }
      return reduction(relu(near - far + margin))
    }
  }
}

/// The sum over all other classes of `max(0, margin - (own score - score))^power`, divided by the
/// number of classes; scores are `[n, classes]`, labels `[n]`.
public func multiMargin(
  _ scores: Tensor, _ labels: Tensor, power: Int = 1, margin: Double = 1,
  classWeights: [Double]? = nil, reduction: Reduction = .mean
) -> Tensor {
  applying("multi_margin", to: scores) { scores in
    guard labels.value != nil else { return labels }
    guard scores.rank == 2, labels.elementType.isInteger,
      labels.shape.dims == [scores.shape[0]]
    else {
      Session.current.report(.labels("multiMargin", labels.type, for: scores.type))
      return scores.builder.poison()
    }
    let classes = scores.shape[-1]
    let hot = labels.oneHot(classes)
    let own = select(hot, scores, scores.filled(0)).sum(axes: [-1], keep: true)
    let excess = relu(scores - own + margin)
    var losses = select(hot, scores.filled(0), power == 2 ? excess * excess : excess)
    if let classWeights {
      guard classWeights.count == classes else {
        Session.current.report(
          .classCount("multiMargin", "class weights", classWeights.count, classes))
        return scores.builder.poison()
      }
      losses *= Tensor(classWeights, scores.elementType).gather(labels).expanded(at: -1)
    }
    return reduction(losses.sum(axes: [-1]) / Double(classes))
  }
}

/// The binary cross entropy of each class, from logits and labels 0 or 1, as a mean over classes,
/// the last axis.
public func multiLabelSoftMargin(
  _ logits: Tensor, _ target: Tensor, classWeights: [Double]? = nil, reduction: Reduction = .mean
) -> Tensor {
  pair("multi_label_soft_margin", logits, target) { x, t in
    guard x.rank >= 1, classWeights.map({ $0.count == x.shape[-1] }) ?? true else {
      Session.current.report(
        .classCount(
          "multiLabelSoftMargin", "class weights", classWeights?.count ?? 0, x.shape[-1]))
      return x.builder.poison()
    }
    var losses = (1 - t) * x + softplus(-x)
    if let classWeights { losses *= Tensor(classWeights, x.elementType) }
    return reduction(losses.mean(axes: [-1]))
  }
}

/// The sum over labels and other classes of `max(0, 1 - (score of label - score of class))`,
/// divided by the number of classes; scores and labels are `[n, classes]`, and the labels of an
/// example end at the first that is negative.
public func multiLabelMargin(
  _ scores: Tensor, _ labels: Tensor, reduction: Reduction = .mean
) -> Tensor {
  applying("multi_label_margin", to: scores) { scores in
    guard labels.value != nil else { return labels }
    guard scores.rank == 2, labels.elementType.isInteger, labels.shape == scores.shape else {
      let rule = "integer labels of the shape of the scores, [n, classes]"
      Session.current.report(.operands("multi_label_margin", rule, scores.type, labels.type))
      return scores.builder.poison()
    }
    let classes = scores.shape[-1]
    // A label counts if neither it nor one before it is negative: [n, k, j] for j up to k.
    let ends = (labels .< 0).cast(to: .i32).expanded(at: 1)
    let square: Shape = [scores.shape[0], classes, classes]
    let before = ends.broadcast(to: square).lowerTriangle().sum(axes: [2])
    let counted = (before .== 0)
    // [n, label, class].
    let hot = labels.oneHot(classes) .&& counted.expanded(at: -1)
    let wide = scores.expanded(at: 1).broadcast(to: square)
    let own = select(hot, wide, wide.filled(0)).sum(axes: [2], keep: true)
    let isLabel = hot.any(axes: [1], keep: true)
    let counts = counted.expanded(at: -1) .&& .!isLabel
    let losses = select(counts, relu(wide - own + 1), wide.filled(0))
    return reduction(losses.sum(axes: [1, 2]) / Double(classes))
  }
}
