public import TensorLibrary
internal import LoopIR

/// The share of examples whose largest score is that of their label.
///
/// Scores are `[n, classes]`, labels `[n]`. With `top` above 1, an example counts if its label is
/// among that many of the largest scores.
public func accuracy(_ scores: Tensor, _ labels: Tensor, top: Int = 1) -> Tensor {
  let top = Check.positive(top, "top", of: "accuracy")
  return applying("accuracy", to: scores) { scores in
    guard labels.value != nil else { return labels }
    guard scores.rank >= 1, labels.elementType.isInteger,
      labels.shape.dims == Array(scores.shape.dims.dropLast())
    else {
      Session.current.report(.labels("accuracy", labels.type, for: scores.type))
      return scores.builder.poison()
    }
    if top == 1 { return (scores.argmax() .== labels.cast(to: .i32)).cast(to: .f32).mean() }
    let hot = labels.oneHot(scores.shape[-1])
    let own = select(hot, scores, scores.filled(0)).sum(axes: [-1], keep: true)
    let better = (scores .> own).cast(to: .i32).sum(axes: [-1])
    return (better .< top).cast(to: .f32).mean()
  }
}

/// The share of logits whose sign agrees with the label, 0 or 1.
public func binaryAccuracy(logits: Tensor, _ labels: Tensor) -> Tensor {
  applying("binary_accuracy", to: logits) { logits in
    guard labels.value != nil else { return labels }
    let wanted = labels.elementType == .bool ? labels : labels .> labels.filled(0)
    return ((logits .> 0) .== wanted).cast(to: .f32).mean()
  }
}
