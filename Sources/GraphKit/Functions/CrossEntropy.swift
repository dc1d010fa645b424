public import TensorLibrary
internal import LoopIR

/// The cross entropy of classes, from logits and labels, as in PyTorch.
///
/// Classes are the second axis of the logits, `[n, classes, ...]`. The labels are integers without
/// that axis, or probabilities of the shape of the logits. Examples whose label is `ignoring` do
/// not count.
public func crossEntropy(
  _ logits: Tensor, _ labels: Tensor, labelSmoothing: Double = 0, classWeights: [Double]? = nil,
  ignoring: Int? = nil, reduction: Reduction = .mean
) -> Tensor {
  let smoothing = Check.inside(labelSmoothing, 0...1, "labelSmoothing", of: "crossEntropy")
  return applying("cross_entropy", to: logits) { logits in
    guard labels.value != nil, let logits = classesLast(logits, "crossEntropy") else {
      return logits.builder.poison()
    }
    if labels.elementType.isFloat, labels.rank >= 2 {
      guard let labels = classesLast(labels, "crossEntropy") else { return logits.builder.poison() }
      return crossEntropy(logits, probabilities: labels, smoothing, classWeights, reduction)
    }
    guard
      let classes = Classes("crossEntropy", logits, labels, classWeights, ignoring: ignoring)
    else { return logits.builder.poison() }
    let total = logits.logSumExp(axes: [-1])
    let losses = total - classes.chosen(logits)
    if smoothing == 0 { return classes.reduced(losses, reduction) }
    let all = classes.weighted(total.expanded(at: -1) - logits).sum(axes: [-1])
    let even = all * (smoothing / Double(logits.shape[-1]))
    return classes.reduced(losses, reduction, smoothing: (1 - smoothing, even))
  }
}

/// The negative log-likelihood of labels, from logarithms of probabilities `[n, classes, ...]`.
public func nll(
  _ logProbabilities: Tensor, _ labels: Tensor, classWeights: [Double]? = nil,
  ignoring: Int? = nil, reduction: Reduction = .mean
) -> Tensor {
  applying("nll", to: logProbabilities) { x in
    guard labels.value != nil, let x = classesLast(x, "nll"),
      let classes = Classes("nll", x, labels, classWeights, ignoring: ignoring)
    else { return x.builder.poison() }
    return classes.reduced(-classes.chosen(x), reduction)
  }
}

// With probabilities as labels; both have the classes last.
private func crossEntropy(
  _ logits: Tensor, probabilities: Tensor, _ smoothing: Double, _ weights: [Double]?,
  _ reduction: Reduction
) -> Tensor {
  guard probabilities.shape == logits.shape else {
    let rule = "labels of the shape of the logits"
    Session.current.report(.operands("crossEntropy", rule, logits.type, probabilities.type))
    return logits.builder.poison()
  }
  let classes = logits.shape[-1]
  let even = smoothing / Double(classes)
  let labels = smoothing == 0 ? probabilities : probabilities * (1 - smoothing) + even
  var losses = -(labels * logSoftmax(logits))
  if let weights {
    guard checked(weights, classes, "crossEntropy") else { return logits.builder.poison() }
    losses *= Tensor(weights, logits.elementType)
  }
  let each = losses.sum(axes: [-1])
  return reduction(each)
}

// Integer labels, and the weights of their examples.
private struct Classes {
  let count: Int
  let hot: Tensor
  /// The weight of each class; nil if all count alike.
  let weights: Tensor?
  /// The weight of each example; nil if all count alike.
  let examples: Tensor?

  init?(
    _ owner: String, _ scores: Tensor, _ labels: Tensor, _ weights: [Double]?, ignoring: Int?
  ) {
    let session = Session.current
    guard labels.elementType.isInteger, labels.shape.dims == Array(scores.shape.dims.dropLast())
    else {
      session.report(.labels(owner, labels.type, for: scores.type))
      return nil
    }
    count = scores.shape[-1]
    if let weights, !checked(weights, count, owner) { return nil }
    hot = labels.oneHot(count)
    self.weights = weights.map { Tensor($0, scores.elementType) }
    var examples = self.weights.map { $0.gather(labels) }
    if let ignoring {
      let counted = (labels .!= Double(ignoring)).cast(to: scores.elementType)
      examples = examples.map { $0 * counted } ?? counted
    }
    self.examples = examples
  }

  // The score of the label of each example.
  func chosen(_ scores: Tensor) -> Tensor { select(hot, scores, scores.filled(0)).sum(axes: [-1]) }

  // Scores times the weights of their classes.
  func weighted(_ scores: Tensor) -> Tensor { weights.map { scores * $0 } ?? scores }

  func reduced(
    _ losses: Tensor, _ reduction: Reduction, smoothing: (part: Double, even: Tensor)? = nil
  ) -> Tensor {
    var each = examples.map { losses * $0 } ?? losses
    if let smoothing {
      // Ignored examples do not count in the uniform part either, which has the weights of classes
      // already.
      var even = smoothing.even
      if let examples, weights == nil { even *= examples }
      each = each * smoothing.part + even
    }
    guard let examples, case .mean = reduction else { return reduction(each) }
    return each.sum() / examples.sum()
  }
}

// The tensor with the classes, its second axis, last; nil after reporting that it has none.
private func classesLast(_ x: Tensor, _ owner: String) -> Tensor? {
  guard x.value != nil else { return nil }
  guard x.rank >= 2 else {
    Session.current.report(.layerInput(owner, "have at least 2 axes, [n, classes]", x.type))
    return nil
  }
  return x.transposed([0] + Array(2..<x.rank) + [1])
}

// Returns true iff there is one weight for each class; reports it otherwise.
private func checked(_ weights: [Double], _ classes: Int, _ owner: String) -> Bool {
  if weights.count == classes { return true }
  Session.current.report(.classCount(owner, "class weights", weights.count, classes))
  return false
}
