public import TensorLibrary
internal import LoopIR

/// The binary cross entropy times `(1 - p)^gamma`, where p is the probability of the right answer:
/// what is easy counts little (Lin et al., 2017). `alpha` is the weight of labels of 1, and 1 -
/// `alpha` that of labels of 0.
public func focalLoss(
  logits: Tensor, _ labels: Tensor, alpha: Double? = 0.25, gamma: Double = 2,
  reduction: Reduction = .mean
) -> Tensor {
  pair("focal_loss", logits, labels) { x, y in
    let p = sigmoid(x)
    let wrong = p * (1 - y) + (1 - p) * y
    let loss = binaryCrossEntropy(logits: x, y, reduction: .none) * pow(wrong, Tensor(gamma))
    guard let alpha else { return reduction(loss) }
    return reduction(loss * (y * alpha + (1 - y) * (1 - alpha)))
  }
}

/// What an overlap loss takes from 1.
public enum OverlapForm: Sendable {
  /// The intersection over union.
  case plain
  /// Less the part of the smallest box around both that neither covers (GIoU).
  case generalized
  /// Less the squared distance of the middles, as a part of that of the corners of the smallest box
  /// around both (DIoU).
  case distance
  /// The same, less the difference of the ratios of width to height (CIoU).
  case complete
}

/// 1 less the overlap of each box with its target, both `[..., 4]`; as torchvision's.
public func overlapLoss(
  _ boxes: Tensor, _ target: Tensor, form: OverlapForm = .generalized, epsilon: Double = 1e-7,
  reduction: Reduction = .mean
) -> Tensor {
  applying("overlap_loss", boxes: [boxes, target]) {
    func low(_ x: Tensor) -> Tensor { x[..., 0..<2] }
    func high(_ x: Tensor) -> Tensor { x[..., 2..<4] }
    func area(_ sides: Tensor) -> Tensor { sides.product(axis: -1) }
    let (size, wanted) = (high(boxes) - low(boxes), high(target) - low(target))
    let shared = area(
      maximum(minimum(high(boxes), high(target)) - maximum(low(boxes), low(target)), 0))
    let union = area(size) + area(wanted) - shared
    let overlap = shared / (union + epsilon)
    let hull = maximum(high(boxes), high(target)) - minimum(low(boxes), low(target))
    if form == .plain { return reduction(1 - overlap) }
    if form == .generalized {
      return reduction(1 - overlap + (area(hull) - union) / (area(hull) + epsilon))
    }
    let gap = (low(boxes) + high(boxes) - low(target) - high(target)) / 2
    let far = (gap * gap).sum(axis: -1) / ((hull * hull).sum(axis: -1) + epsilon)
    if form == .distance { return reduction(1 - overlap + far) }
    // Rows are filled up with empty boxes, whose angle should be a number.
    func angle(_ sides: Tensor) -> Tensor { atan2(sides[..., 0], sides[..., 1]) }
    let turn = angle(wanted) - angle(size)
    let shape = turn * turn * (4 / (Double.pi * Double.pi))
    let weight = (shape / (1 - overlap + shape + epsilon)).stopGradient()
    return reduction(1 - overlap + far + weight * shape)
  }
}
