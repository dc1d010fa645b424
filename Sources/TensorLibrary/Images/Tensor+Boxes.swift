public import GraphIR
internal import LoopIR

// Boxes are x1, y1, x2, y2 in the last axis.

/// The intersection over union of each box of `a`, `[n, 4]`, and each of `b`, `[m, 4]`: `[n, m]`;
/// both may have leading axes, whose elements are treated separately.
///
/// That of two boxes without an area is 0.
public func boxOverlap(_ a: Tensor, _ b: Tensor) -> Tensor {
  guard a.value != nil, b.value != nil, Tensor.together([a, b], "boxOverlap") else {
    return a.builder.poison()
  }
  for boxes in [a, b] where boxes.rank < 2 || boxes.shape[-1] != 4 {
    a.builder.fail(.boxes("boxOverlap", boxes.type), operands: [boxes])
    return a.builder.poison()
  }
  let (left, right) = (a.expanded(at: -2), b.expanded(at: -3))
  func side(_ boxes: Tensor, _ number: Int) -> Tensor { boxes.element(number, of: -1) }
  func extent(_ axis: Int) -> Tensor {
    let low = maximum(side(left, axis), side(right, axis))
    return maximum(minimum(side(left, axis + 2), side(right, axis + 2)) - low, 0)
  }
  func area(_ boxes: Tensor) -> Tensor {
    (side(boxes, 2) - side(boxes, 0)) * (side(boxes, 3) - side(boxes, 1))
  }
  let shared = extent(0) * extent(1)
  let union = area(left) + area(right) - shared
  return select(union .> 0, shared / maximum(union, 1e-30), shared.filled(0))
}

/// The boxes that remain when, of any two whose intersection over union exceeds `overlap`, the one
/// with the smaller score is removed.
///
/// Boxes are `[n, 4]` and scores `[n]`, or both with leading axes, whose elements are treated
/// separately. Boxes with a score of at most `score` are left out. At most `limit` remain:
/// `positions` has their numbers in the order of their scores, filled up with -1, and `count` how
/// many there are. No gradient flows through this; gather the boxes and scores by `positions`.
public func nonMaximumSuppression(
  _ boxes: Tensor, _ scores: Tensor, overlap: Double, score: Double = -.infinity, limit: Int
) -> (positions: Tensor, count: Tensor) {
  let builder = boxes.builder
  let poison = (builder.poison(), builder.poison())
  guard boxes.value != nil, scores.value != nil,
    Tensor.together([boxes, scores], "nonMaximumSuppression")
  else { return poison }
  guard limit >= 1 else {
    builder.fail(.positive("nonMaximumSuppression", "limit", limit), operands: [boxes])
    return poison
  }
  guard boxes.rank >= 2, boxes.shape[-1] == 4 else {
    builder.fail(.boxes("nonMaximumSuppression", boxes.type), operands: [boxes])
    return poison
  }
  guard scores.shape.dims == boxes.shape.dims.dropLast() else {
    builder.fail(
      .scores("nonMaximumSuppression", boxes.type, scores.type), operands: [boxes, scores])
    return poison
  }
  let op = NonMaximumSuppression(overlap: overlap, score: score, limit: limit)
  let order = scores.argsort(descending: true)
  let results = builder.apply(op, [boxes, scores, order], results: 2)
  return (results[0], results[1])
}

/// The same, where boxes of different classes, integers of the shape of the scores, never remove
/// each other: each class is moved to a separate region.
public func nonMaximumSuppression(
  _ boxes: Tensor, _ scores: Tensor, classes: Tensor, overlap: Double,
  score: Double = -.infinity, limit: Int
) -> (positions: Tensor, count: Tensor) {
  let builder = boxes.builder
  guard boxes.value != nil, classes.value != nil,
    Tensor.together([boxes, classes], "nonMaximumSuppression")
  else { return (builder.poison(), builder.poison()) }
  guard classes.shape.dims == boxes.shape.dims.dropLast() else {
    builder.fail(
      .scores("nonMaximumSuppression", boxes.type, classes.type), operands: [boxes, classes])
    return (builder.poison(), builder.poison())
  }
  let place = classes.cast(to: boxes.elementType) * (boxes.max() + 1)
  return nonMaximumSuppression(
    boxes + place.expanded(at: -1), scores, overlap: overlap, score: score, limit: limit)
}

/// Means of regions of images, sampled at points between pixels: `[k, c, rows, columns]` for
/// features `[n, c, y, x]` and `k` regions.
///
/// Regions are boxes `[k, 4]`, which `scale` converts to pixels; `images`, integers `[k]`, says
/// from which image each comes. Each of the `size` cells of a region is the mean of `samples *
/// samples` points, each a mixture of the four pixels around it, as in torchvision. `aligned` puts
/// pixels at their centres, half a pixel further; without it regions are at least one pixel large.
/// Gradients reach the features and the boxes.
public func roiAlign(
  _ features: Tensor, _ boxes: Tensor, images: Tensor, size: (rows: Int, columns: Int),
  scale: Double = 1, samples: Int = 2, aligned: Bool = true
) -> Tensor {
  let builder = features.builder
  guard features.value != nil, boxes.value != nil, images.value != nil,
    Tensor.together([features, boxes, images], "roiAlign")
  else { return builder.poison() }
  guard features.rank == 4 else {
    builder.fail(.needsRank("roiAlign", "4", "the features", features.type), operands: [features])
    return builder.poison()
  }
  guard boxes.rank == 2, boxes.shape[-1] == 4 else {
    builder.fail(.boxes("roiAlign", boxes.type), operands: [boxes])
    return builder.poison()
  }
  guard images.elementType.isInteger else {
    builder.fail(.needsInteger("roiAlign", "images", images.type), operands: [images])
    return builder.poison()
  }
  guard images.shape.dims == boxes.shape.dims.dropLast() else {
    builder.fail(.scores("roiAlign", boxes.type, images.type), operands: [boxes, images])
    return builder.poison()
  }
  for (what, value) in [("rows", size.rows), ("columns", size.columns), ("samples", samples)]
  where value < 1 {
    builder.fail(.positive("roiAlign", "number of \(what)", value), operands: [features])
    return builder.poison()
  }
  let align = RegionSampling(scale: scale, samples: samples, aligned: aligned)
  let rows = align.points(boxes, axis: 1, cells: size.rows, extent: features.shape[2])
  let columns = align.points(boxes, axis: 0, cells: size.columns, extent: features.shape[3])
  return align.mean(of: features, images, rows, columns)
}

/// How regions are sampled.
private struct RegionSampling {
  let scale: Double
  let samples: Int
  let aligned: Bool

  /// Sample points along one axis of an image, `[k, cells, samples]`: the pixels before and behind
  /// each, and their shares, which are 0 far outside.
  struct Points {
    let pixels: [Tensor]
    let shares: [Tensor]
  }

  func points(_ boxes: Tensor, axis: Int, cells: Int, extent: Int) -> Points {
    let offset = aligned ? 0.5 : 0
    let start = boxes.element(axis, of: 1) * scale - offset
    let end = boxes.element(axis + 2, of: 1) * scale - offset
    let size = aligned ? end - start : maximum(end - start, 1)
    let shape = Shape([boxes.shape[0], cells, samples])
    func count(_ axis: Int) -> Tensor {
      boxes.builder.apply(Iota(axis: axis, TensorType(boxes.elementType, shape)))
    }
    func spread(_ x: Tensor) -> Tensor { x.broadcast(to: shape, axes: [0]) }
    let part = count(1) + (count(2) + 0.5) / Double(samples)
    let place = spread(start) + part * spread(size / Double(cells))
    let isNear = (place .>= -1) .&& (place .<= Double(extent))
    // Between the last pixel and the edge there is only that pixel.
    let inside = minimum(maximum(place, 0), Double(extent - 1))
    let low = floor(inside).stopGradient()
    let high = minimum(low + 1, Double(extent - 1))
    let share = inside - low
    return Points(
      pixels: [low.cast(to: .i32), high.cast(to: .i32)],
      shares: [1 - share, share].map { select(isNear, $0, $0.filled(0)) })
  }

  // The mean of each cell over its points, of which each is a sum over four pixels.
  func mean(of features: Tensor, _ images: Tensor, _ y: Points, _ x: Points) -> Tensor {
    let dims = features.shape.dims
    let (rows, columns) = (y.shares[0].shape[1], x.shares[0].shape[1])
    let shape = Shape([images.shape[0], rows, columns, samples, samples])
    func across(_ t: Tensor) -> Tensor { t.broadcast(to: shape, axes: [0, 1, 3]) }
    func along(_ t: Tensor) -> Tensor { t.broadcast(to: shape, axes: [0, 2, 4]) }
    let image = images.cast(to: .i32).broadcast(to: shape, axes: [0])
    let pixels = features.transposed([1, 0, 2, 3]).reshaped([dims[1], -1])
    let all = Shape([dims[1]] + shape.dims)
    var total: Tensor?
    for i in 0..<2 {
      for j in 0..<2 {
        let row = image * dims[2] + across(y.pixels[i])
        let place = row * dims[3] + along(x.pixels[j])
        let share = (across(y.shares[i]) * along(x.shares[j])).broadcast(to: all)
        let part = (pixels.gather(place, axis: 1) * share).sum(axes: [4, 5])
        total = total.map { $0 + part } ?? part
      }
    }
    guard let total else { return features }
    return total.transposed([1, 0, 2, 3]) / Double(samples * samples)
  }
}
