public import TensorLibrary
internal import LoopIR

/// The box that each anchor belongs to, from overlaps `[..., boxes, anchors]`: integers
/// `[..., anchors]`, -1 for background and -2 for neither.
///
/// It is the box with the largest overlap if that reaches `above`; below `below`, which is `above`
/// unless it is given, the anchor is background. With `each`, the anchors that overlap most with a
/// box belong to one as well, however little that is. As torchvision's Matcher; boxes that overlap
/// with nothing are never found, so rows may be filled up with empty boxes.
public func matchedBoxes(
  _ overlap: Tensor, above: Double, below: Double? = nil, each: Bool = false
) -> Tensor {
  applying("matched_boxes", to: overlap) { overlap in
    let (most, box) = (overlap.max(axis: -2), overlap.argmax(axis: -2))
    let rest = select(most .< (below ?? above), box.filled(-1), box.filled(-2))
    let match = select(most .>= above, box, rest)
    guard each else { return match }
    let isBest = (overlap .== overlap.max(axis: -1, keep: true)) .&& (overlap .> 0)
    return select(isBest.any(axis: -2), box, match)
  }
}

/// True for the negatives of each row with the largest losses: `ratio` of them for each positive.
///
/// Both tensors are `[..., n]`; `positives` is `bool`.
public func hardNegatives(_ losses: Tensor, positives: Tensor, ratio: Double = 3) -> Tensor {
  applying("hard_negatives", to: losses) { losses in
    let count = positives.cast(to: losses.elementType).sum(axis: -1, keep: true) * ratio
    let hardness = select(positives, losses.filled(-.infinity), losses)
    return (places(hardness).cast(to: losses.elementType) .< count) .&& .!positives
  }
}

/// A random choice of `count` elements of each row: at most a `share` of positives, the rest
/// negatives. Both are `bool[..., n]`, and so are the results; they have fewer where there are not
/// as many.
public func balancedSample(
  positives: Tensor, negatives: Tensor, count: Int, share: Double = 0.5
) -> (positives: Tensor, negatives: Tensor) {
  func some(_ these: Tensor, _ count: Tensor) -> Tensor {
    let order = select(these, randomUniform(these.shape), Tensor(-1))
    return (places(order) .< count) .&& these
  }
  let most = Int((Double(count) * share).rounded(.down))
  let first = some(positives, Tensor(Double(most), .i32))
  let rest = count - first.cast(to: .i32).sum(axis: -1, keep: true).cast(to: .i32)
  return (first, some(negatives, rest))
}

// The place of each element of a row in descending order.
private func places(_ x: Tensor) -> Tensor { x.argsort(descending: true).argsort() }
