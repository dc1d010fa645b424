public import TensorLibrary
internal import LoopIR

/// The mean squared error.
public func mse(_ x: Tensor, _ target: Tensor, reduction: Reduction = .mean) -> Tensor {
  distance("mse", x, target) { reduction($0 * $0) }
}

/// The mean absolute error.
public func mae(_ x: Tensor, _ target: Tensor, reduction: Reduction = .mean) -> Tensor {
  distance("mae", x, target) { reduction(abs($0)) }
}

/// Half the squared error for errors up to `delta`, beyond that a line with the same slope.
public func huber(
  _ x: Tensor, _ target: Tensor, delta: Double = 1, reduction: Reduction = .mean
) -> Tensor {
  distance("huber", x, target) { d in
    let size = abs(d)
    return reduction(select(size .<= delta, d * d * 0.5, (size - delta / 2) * delta))
  }
}

/// The absolute error, rounded off below `beta`: `huber` divided by `beta`.
public func smoothL1(
  _ x: Tensor, _ target: Tensor, beta: Double = 1, reduction: Reduction = .mean
) -> Tensor {
  distance("smooth_l1", x, target) { d in
    let size = abs(d)
    if beta == 0 { return reduction(size) }
    return reduction(select(size .< beta, d * d * (0.5 / beta), size - beta / 2))
  }
}

/// The mean of `max(0, margin - x * target)`, for targets that are -1 or 1.
public func hinge(
  _ x: Tensor, _ target: Tensor, margin: Double = 1, reduction: Reduction = .mean
) -> Tensor {
  pair("hinge", x, target) { reduction(relu(margin - $0 * $1)) }
}

/// The Kullback-Leibler divergence of `target` from the distribution with `logProbabilities`.
///
/// Its usual meaning is the sum divided by the number of examples, PyTorch's `batchmean`.
public func klDivergence(
  _ logProbabilities: Tensor, _ target: Tensor, logTarget: Bool = false,
  reduction: Reduction = .mean
) -> Tensor {
  pair("kl_divergence", logProbabilities, target) { x, t in
    if logTarget { return reduction(exp(t) * (t - x)) }
    // 0 log 0 is 0; 0 is replaced before the logarithm, whose infinity would make the gradient NaN.
    let positive = t .> 0
    let entropy = t * log(select(positive, t, t.filled(1)))
    return reduction(select(positive, entropy, t.filled(0)) - t * x)
  }
}

/// The binary cross entropy, from logits and labels between 0 and 1.
///
/// `positiveWeight` is the weight of labels of 1 relative to those of 0, one number for each
/// position of the last axis.
public func binaryCrossEntropy(
  logits: Tensor, _ labels: Tensor, positiveWeight: [Double]? = nil, reduction: Reduction = .mean
) -> Tensor {
  pair("binary_cross_entropy", logits, labels) { x, y in
    guard let positiveWeight else { return reduction((1 - y) * x + softplus(-x)) }
    let extent = x.rank == 0 ? 1 : x.shape[-1]
    guard positiveWeight.count == 1 || positiveWeight.count == extent else {
      Session.current.report(
        .classCount("binaryCrossEntropy", "weights", positiveWeight.count, extent))
      return x.builder.poison()
    }
    let weight = Tensor(positiveWeight, x.elementType)
    return reduction((1 - y) * x + (1 + (weight - 1) * y) * softplus(-x))
  }
}

/// The binary cross entropy, from probabilities and labels between 0 and 1.
///
/// Logarithms are clamped at -100. The function with `logits:` is more accurate.
public func binaryCrossEntropy(
  probabilities: Tensor, _ labels: Tensor, reduction: Reduction = .mean
) -> Tensor {
  pair("binary_cross_entropy", probabilities, labels) { p, y in
    let (yes, no) = (maximum(log(p), -100), maximum(log1p(-p), -100))
    return reduction(-(y * yes + (1 - y) * no))
  }
}

/// The sum of absolute values of parameters, to be added to a loss.
public func l1Penalty(_ parameters: [Parameter]) -> Tensor {
  penalty("l1_penalty", parameters) { abs($0).sum() }
}

/// The sum of squares of parameters, to be added to a loss.
public func l2Penalty(_ parameters: [Parameter]) -> Tensor {
  penalty("l2_penalty", parameters) { ($0 * $0).sum() }
}

private func penalty(
  _ name: String, _ parameters: [Parameter], _ body: (Tensor) -> Tensor
) -> Tensor {
  guard let first = parameters.first else { return Tensor(0) }
  return parameters.dropFirst().reduce(applying(name, to: first.value, body)) {
    $0 + applying(name, to: $1.value, body)
  }
}

/// Returns the loss of two tensors, which must have one shape and type: broadcasting would hide a
/// forgotten axis.
func pair(
  _ name: String, _ x: Tensor, _ y: Tensor, _ body: (Tensor, Tensor) -> Tensor
) -> Tensor {
  applying(name, to: x) { x in
    guard y.value != nil else { return y }
    guard x.type == y.type, x.elementType.isFloat else {
      let rule = "two tensors of one floating-point type"
      Session.current.report(.operands(name, rule, x.type, y.type, hint: unlike(x.type, y.type)))
      return x.builder.poison()
    }
    return body(x, y)
  }
}

// Returns the expression that gives `y` the shape or type of `x`, if only one can be meant.
private func unlike(_ x: TensorType, _ y: TensorType) -> String? {
  if x.shape == y.shape, x.element.isFloat {
    return "convert the second with 'cast(to: .\(x.element))'"
  }
  if x.shape.dims == y.shape.dims + [1] { return "use 'expanded(at: -1)' on the second" }
  if x.shape.dims + [1] == y.shape.dims { return "use 'squeezed(-1)' on the second" }
  return nil
}

private func distance(
  _ name: String, _ x: Tensor, _ target: Tensor, _ body: (Tensor) -> Tensor
) -> Tensor {
  pair(name, x, target) { body($0 - $1) }
}
