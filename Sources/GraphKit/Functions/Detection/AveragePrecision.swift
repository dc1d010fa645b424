public import TensorLibrary
internal import LoopIR

/// The average precision of each class at each overlap, `f64[overlaps, classes]`, -1 for classes
/// without objects: the mean of the best precision at 101 recalls, by COCO's rule.
///
/// `overlap` is `[n, found, there]`, that of everything found in an image with everything that is
/// there, of boxes or of masks; `scores` are `[n, found]`, the classes `found` `[n, found]` and
/// `there` `[n, there]`, -1 in what fills up the rows. All are those of a whole set.
public func averagePrecision(
  _ overlap: Tensor, scores: Tensor, found: Tensor, there: Tensor, classes: Int,
  at overlaps: [Double] = cocoOverlaps
) -> Tensor {
  let order = scores.argsort(descending: true)
  let kind = found.gatherEach(order).cast(to: .i32)
  let isSame = kind.expanded(at: 2) .== there.cast(to: .i32).expanded(at: 1)
  let shared = select(isSame, overlap.gatherEach(order), Tensor(-1))
  let hits = matches(shared.movedAxis(1, to: 0), overlaps)
  let score = scores.gatherEach(order).flattened()
  let (ofClass, isRight) = (kind.flattened(), hits.flattened(from: 1))
  let columns = (0..<classes).map { number in
    let count = (there .== there.filled(Double(number))).cast(to: .f64).sum()
    let isOwn = ofClass .== ofClass.filled(Double(number))
    let place = select(isOwn, score, score.filled(-.infinity)).argsort(descending: true)
    let own = isOwn.gather(place).cast(to: .f64)
    let right = isRight.gather(place, axis: 1).cast(to: .f64) * own
    return precision(right.cumulativeSum(axis: 1), of: own.cumulativeSum(), count)
  }
  return stack(columns, axis: 1)
}

/// The overlaps of COCO's mean average precision: 0.5, 0.55, ... 0.95.
public let cocoOverlaps = (0..<10).map { 0.5 + 0.05 * Double($0) }

extension OutputValue where Self == Measure {
  /// The mean average precision of boxes, over classes that occur and over overlaps, by COCO's
  /// rule.
  ///
  /// `there` is `[n, k, 5]`, corners and class of what there is, the class -1 where there is
  /// nothing; there may be `most` images.
  ///
  ///     "map": .averagePrecision(found, batch.boxes, classes: 3, at: [0.5], most: 500)
  public static func averagePrecision(
    _ found: Detections, _ there: Tensor, classes: Int, at overlaps: [Double] = cocoOverlaps,
    most: Int
  ) -> Measure {
    .averagePrecision(
      boxOverlap(found.boxes, there[..., 0..<4]), found, there[..., 4], classes: classes,
      at: overlaps, most: most)
  }

  /// The same from any overlaps `[n, found, there]`, as those of masks, and classes `[n, there]`.
  public static func averagePrecision(
    _ overlap: Tensor, _ found: Detections, _ there: Tensor, classes: Int,
    at overlaps: [Double] = cocoOverlaps, most: Int
  ) -> Measure {
    // Rows that are no image are 0, so that 1 stands for the first class.
    let kinds = [found.classes + 1, there.cast(to: .i32) + 1].map { $0.cast(to: .f32) }
    return .ofAll([overlap, found.scores] + kinds, most: most) { all, _ in
      let each = GraphKit.averagePrecision(
        all[0], scores: all[1], found: all[2] - 1, there: all[3] - 1, classes: classes,
        at: overlaps)
      let occurs = each .>= 0
      return select(occurs, each, each.filled(0)).sum() / maximum(occurs.cast(to: .f64).sum(), 1)
    }
  }
}

// What is right at each overlap, [found, overlaps, n], from overlaps [found, n, there]: the best
// box takes the object with which it overlaps most, the next one of those that remain.
private func matches(_ shared: Tensor, _ overlaps: [Double]) -> Tensor {
  let (n, there) = (shared.shape[1], shared.shape[2])
  let least = Tensor(overlaps, shared.elementType).reshaped([-1, 1, 1])
  let start = zeros([overlaps.count, n, there], .bool)
  let hits = scan([start], over: [shared]) { step in
    let (taken, row) = (step.carries[0], step.slices[0].expanded(at: 0))
    let free = select(taken .|| (row .< least), Tensor(-1), row)
    let isHit = free.max(axis: -1) .>= 0
    let taking = free.argmax().oneHot(there) .&& isHit.expanded(at: -1)
    return ([taken .|| taking], [isHit])
  }.outputs[0]
  // [overlaps, n, found], as the scores are.
  return hits.transposed([1, 2, 0])
}

// The mean precision at 101 recalls, [overlaps], from how many of the best are right, [overlaps,
// all].
private func precision(_ right: Tensor, of all: Tensor, _ count: Tensor) -> Tensor {
  let recalls = Tensor((0...100).map { Double($0) * 0.01 }, .f64)
  let share = right / (all + 0x1p-52)
  let best = share.cumulativeMax(axis: 1, reversed: true).values
  let recall = right / maximum(count, 1)
  let rows = recalls.expanded(at: 0).broadcast(to: [right.shape[0], 101])
  let place = recall.searchSorted(rows)
  let isReached = place .< right.shape[1]
  let picked = select(isReached, best.takeAlongAxis(place, axis: 1), Tensor(0, .f64))
  return select(count .> 0, picked.mean(axis: 1), Tensor(-1, .f64))
}
