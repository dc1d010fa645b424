public import GraphKit

extension FasterRCNN {
  /// Returns the losses of images whose objects are `there`, `[n, m, 5]`: corners and class, -1 in
  /// rows that fill up. With masks of the objects, `[n, m, y, x]`, the loss of masks is among them.
  ///
  /// `anchors` and `regions` are how many of an image are sampled.
  public func losses(
    _ images: Tensor, _ there: Tensor, masks: Tensor? = nil, anchors count: Int = 256,
    regions: Int = 128, proposals limit: Int = 1000
  ) -> (objectness: Tensor, proposal: Tensor, class: Tensor, box: Tensor, mask: Tensor?) {
    let (rows, columns) = (images.shape[2], images.shape[3])
    let (boxes, kinds) = (there[..., 0..<4], there[..., 4].cast(to: .i32))
    let levels = levels(images)
    let anchored = anchored(levels)
    let (objectness, proposal) = proposalLosses(anchored, boxes, count)
    // The true boxes are proposed, too, so that the head has positive examples from the beginning.
    let found = proposals(anchored, rows: rows, columns: columns, limit: limit)
    let candidates = concatenate([found.boxes, boxes], axis: 1)
    let isThere = concatenate([found.isThere, kinds .>= 0], axis: 1)
    let match = matchedBoxes(boxOverlap(boxes, candidates), above: 0.5)
    let some = balancedSample(
      positives: (match .>= 0) .&& isThere, negatives: (match .< 0) .&& isThere, count: regions,
      share: 0.25)
    // The positives come first.
    let order = some.positives.cast(to: .f32) * 2 + some.negatives.cast(to: .f32)
    let (values, place) = order.topK(regions)
    let (box, own) = (candidates.gatherEach(place), match.gatherEach(place))
    let (isPositive, isUsed) = (values .> 1, values .> 0)
    let kind = select(isPositive, kinds.gatherEach(own), Tensor(-1, .i32))
    let (logits, offsets) = judged(levels, box)
    let each = crossEntropy(
      logits.reshaped([-1, classes + 1]), (kind + 1).flattened(), reduction: .none)
    let used = isUsed.cast(to: .f32)
    let total = maximum(used.sum(), 1)
    let target = encodedBoxes(boxes.gatherEach(own), anchors: box, weights: Self.weights)
    let column = maximum(kind + 1, 0).reshaped([-1, 1])
    let offset = offsets.reshaped([-1, classes + 1, 4]).gatherEach(column)
    let box1 = offsetLoss(offset.reshaped(target.shape), target, isPositive) / total
    let most = regions / 4
    let mask = masks.map { masks in
      maskLoss(levels, box[.all, ..<most], own[.all, ..<most], kind[.all, ..<most], masks)
    }
    return (objectness, proposal, (each * used.flattened()).sum() / total, box1, mask)
  }

  private func proposalLosses(
    _ anchored: [(logits: Tensor, offsets: Tensor, anchors: Tensor)], _ boxes: Tensor, _ count: Int
  ) -> (objectness: Tensor, proposal: Tensor) {
    let logits = concatenate(anchored.map(\.logits), axis: 1)
    let offsets = concatenate(anchored.map(\.offsets), axis: 1)
    let anchors = concatenate(anchored.map(\.anchors))
    let match = matchedBoxes(
      boxOverlap(boxes, anchors.expanded(at: 0)), above: 0.7, below: 0.3, each: true)
    let some = balancedSample(positives: match .>= 0, negatives: match .== -1, count: count)
    let used = (some.positives .|| some.negatives).cast(to: .f32)
    let total = maximum(used.sum(), 1)
    let label = some.positives.cast(to: .f32)
    let each = binaryCrossEntropy(logits: logits, label, reduction: .none)
    let target = encodedBoxes(boxes.gatherEach(match), anchors: anchors)
    return (
      (each * used).sum() / total, offsetLoss(offsets, target, some.positives) / total
    )
  }

  private func offsetLoss(_ offsets: Tensor, _ target: Tensor, _ isPositive: Tensor) -> Tensor {
    let each = smoothL1(offsets, target, beta: 1.0 / 9, reduction: .none).sum(axis: -1)
    return select(isPositive, each, Tensor(0)).sum()
  }

  private func maskLoss(
    _ levels: [Tensor], _ boxes: Tensor, _ own: Tensor, _ kinds: Tensor, _ masks: Tensor
  ) -> Tensor {
    let logits = maskLogits(levels, boxes, kinds)
    let (n, m, side) = (masks.shape[0], masks.shape[1], logits.shape[-1])
    let all = masks.reshaped([n * m, 1, masks.shape[2], masks.shape[3]])
    let number = (range(n) * m).expanded(at: 1) + maximum(own, 0)
    let target = roiAlign(
      all, boxes.reshaped([-1, 4]), images: number.flattened(), size: (side, side), aligned: false)
    let each = binaryCrossEntropy(logits: logits, target.reshaped(logits.shape), reduction: .none)
    let isPositive = (kinds .>= 0).cast(to: .f32)
    let mean = each.mean(axes: [2, 3]) * isPositive
    return mean.sum() / maximum(isPositive.sum(), 1)
  }
}
