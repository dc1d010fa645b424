public import TensorLibrary
internal import LoopIR

/// What a detector finds in images: as many boxes of each, the best first, followed by empty ones.
public struct Detections {
  /// Corners, `[n, limit, 4]`.
  public let boxes: Tensor
  /// Scores, `[n, limit]`.
  public let scores: Tensor
  /// Classes, `i32[n, limit]`, -1 where there is no box.
  public let classes: Tensor
  /// From which row of what the detector said each box comes, `i32[n, limit]`.
  public let rows: Tensor
}

/// The best boxes of each image after those that overlap more with a better one of their class are
/// removed.
///
/// Scores are `[n, k, classes]`, boxes `[n, k, 4]`, or `[n, k, classes, 4]` if each class has its
/// own. At most `candidates` boxes with scores above `score` are looked at, and `limit` remain.
public func detections(
  _ boxes: Tensor, _ scores: Tensor, overlap: Double = 0.5, score: Double = 0.05,
  limit: Int = 100, candidates: Int = 1000
) -> Detections {
  let (n, classes) = (scores.shape[0], scores.shape[-1])
  let each = boxes.rank == 4 ? boxes : boxes.expanded(at: 2)
  let all = scores.flattened(from: 1)
  let best = all.topK(min(candidates, all.shape[1]))
  let (row, kind) = (best.positions / classes, best.positions % classes)
  let place = boxes.rank == 4 ? best.positions : row
  let corners = each.reshaped([n, -1, 4]).gatherEach(place)
  let kept = nonMaximumSuppression(
    corners, best.values, classes: kind, overlap: overlap, score: score, limit: limit)
  let isThere = kept.positions .>= 0
  func some(_ x: Tensor, else other: Double) -> Tensor {
    let values = x.gatherEach(kept.positions)
    let mask = values.rank > isThere.rank ? isThere.expanded(at: -1) : isThere
    return select(mask, values, values.filled(other))
  }
  return Detections(
    boxes: some(corners, else: 0), scores: some(best.values, else: 0),
    classes: some(kind.cast(to: .i32), else: -1), rows: some(row.cast(to: .i32), else: -1))
}

extension Tensor {
  /// Slices of each example: `[n, k, ...]` for positions `[n, k]` in the second axis, which are
  /// clamped to it.
  public func gatherEach(_ positions: Tensor) -> Tensor {
    applying("gather_each", to: self) { x in
      guard positions.value != nil else { return positions }
      let (n, count) = (x.shape[0], x.shape[1])
      let first = (range(n) * count).expanded(at: 1)
      let place = clamp(positions.cast(to: .i32), 0...Double(count - 1)) + first
      return x.flattened(from: 0, to: 1).gather(place)
    }
  }
}
