public import GraphKit

/// Faster R-CNN (Ren et al., 2015) with a feature pyramid, and Mask R-CNN (He et al., 2017). Names
/// are torchvision's: with `.resnet50` those of `fasterrcnn_resnet50_fpn` and
/// `maskrcnn_resnet50_fpn`.
///
/// Classes count from 0; the background, torchvision's class 0, is not among them. Images are those
/// that the body takes: nothing is resized or normalised.
public struct FasterRCNN: Module {
  /// What has to do with the size of images.
  public struct Form: Sendable {
    /// The size of the anchors of each level of the pyramid; one level more than the body has
    /// stages.
    public let sizes: [Double]
    /// The ratios of height to width of anchors.
    public let ratios: [Double]
    /// The size of regions that are read from the level with a stride of 16 pixels.
    public let regionSize: Double
    /// The channels of the pyramid.
    public let channels: Int
    /// The units of the head that reads regions.
    public let hidden: Int

    /// Another form.
    public init(
      sizes: [Double], ratios: [Double] = [0.5, 1, 2], regionSize: Double, channels: Int,
      hidden: Int
    ) {
      (self.sizes, self.ratios, self.regionSize) = (sizes, ratios, regionSize)
      (self.channels, self.hidden) = (channels, hidden)
    }

    /// That of torchvision, for images of some 800 pixels.
    public static let published = Form(
      sizes: [32, 64, 128, 256, 512], regionSize: 224, channels: 256, hidden: 1024)
  }

  let backbone: Backbone
  let rpn: Proposer
  let roi_heads: RegionReader
  let form: Form
  let classes: Int

  /// The first part of the names.
  struct Backbone: Module {
    let body: ResNet
    let fpn: FeaturePyramid
  }

  struct Proposer: Module {
    let head: RPNHead
  }

  struct RegionReader: Module {
    let box_head: TwoMLPHead
    let box_predictor: FastRCNNPredictor
    let mask_head: Sequential?
    let mask_predictor: MaskRCNNPredictor?
  }

  /// A detector on a body without classes and with the published stem; with `masks` a Mask R-CNN.
  public init(
    _ body: ResNet, classes: Int = 90, form: Form = .published, masks: Bool = false
  ) {
    (self.form, self.classes) = (form, classes)
    let channels = form.channels
    backbone = Backbone(body: body, fpn: FeaturePyramid(body.widths, channels))
    rpn = Proposer(head: RPNHead(channels, anchors: form.ratios.count))
    roi_heads = RegionReader(
      box_head: TwoMLPHead(channels * 49, hidden: form.hidden),
      box_predictor: FastRCNNPredictor(form.hidden, classes: classes + 1),
      mask_head: masks ? maskHead(channels) : nil,
      mask_predictor: masks ? MaskRCNNPredictor(channels, classes: classes + 1) : nil)
  }

  /// Returns the levels of the pyramid; the last one is every second pixel of the one before.
  public func levels(_ images: Tensor) -> [Tensor] {
    let levels = backbone.fpn(backbone.body.stages(images))
    return levels + [MaxPool2D(1, stride: 2)(levels[levels.count - 1])]
  }

  /// Returns logits and offsets of the anchors of each level, and the anchors.
  public func anchored(
    _ levels: [Tensor]
  ) -> [(logits: Tensor, offsets: Tensor, anchors: Tensor)] {
    // As in torchvision, a cell of a coarse level is a whole part of the image.
    let (high, wide) = (4 * levels[0].shape[2], 4 * levels[0].shape[3])
    return zip(levels, form.sizes).map { image, size in
      let (logits, offsets) = rpn.head(image)
      let shapes = anchorShapes(sizes: [size], ratios: form.ratios, rounded: true)
      let boxes = anchors(
        shapes, rows: image.shape[2], columns: image.shape[3],
        stride: Double(high / image.shape[2]), columnStride: Double(wide / image.shape[3]),
        offset: 0)
      return (logits, offsets, boxes)
    }
  }

  /// Returns the boxes `[n, limit, 4]` in which something may be, and which of them are there.
  public func proposals(
    _ anchored: [(logits: Tensor, offsets: Tensor, anchors: Tensor)], rows: Int, columns: Int,
    limit: Int = 1000
  ) -> (boxes: Tensor, isThere: Tensor) {
    let parts = anchored.map { logits, offsets, anchors in
      let best = logits.topK(min(limit, logits.shape[1]))
      let boxes = decodedBoxes(
        offsets.gatherEach(best.positions), anchors: anchors.gather(best.positions))
      return (scores: best.values, boxes: clippedBoxes(boxes, rows: rows, columns: columns))
    }
    let level = parts.enumerated().map { full(like: $1.scores, Double($0)).cast(to: .i32) }
    let boxes = concatenate(parts.map(\.boxes), axis: 1).stopGradient()
    let scores = concatenate(parts.map(\.scores), axis: 1).stopGradient()
    let known = select(isAtLeast(1e-3, boxes), scores, Tensor(-.infinity))
    let kept = nonMaximumSuppression(
      boxes, known, classes: concatenate(level, axis: 1), overlap: 0.7, limit: limit)
    return (boxes.gatherEach(kept.positions), kept.positions .>= 0)
  }

  /// Returns what the levels have at boxes `[n, k, 4]`, which are inside the images, `[n * k, c,
  /// side, side]`: large boxes are read from coarse levels.
  public func regions(_ levels: [Tensor], _ boxes: Tensor, side: Int) -> Tensor {
    let (n, k) = (boxes.shape[0], boxes.shape[1])
    let flat = boxes.reshaped([-1, 4])
    let extent = flat[..., 2..<4] - flat[..., 0..<2]
    // Strides are 4, 8, 16, ...; those of 16 have the number 2.
    let scale = log2(maximum(sqrt(extent.product(axis: 1)), 1e-3) / form.regionSize) + 2
    let pyramid = levels.dropLast()
    let last = Double(pyramid.count - 1)
    let level = clamp(floor(scale + 1e-6), 0...last).stopGradient().cast(to: .i32)
    // All levels beside each other are one image. Their edges are repeated, as regions mix pixels
    // with those behind.
    var (parts, starts) = ([Tensor](), [0])
    for image in pyramid {
      let edge = image.padded([(0, 0), (0, 0), (0, 2), (0, 2)], mode: .replicate)
      let missing = levels[0].shape[2] - image.shape[2]
      parts.append(edge.padded([(0, 0), (0, 0), (0, missing), (0, 0)]))
      starts.append(starts[starts.count - 1] + edge.shape[3])
    }
    let scales = Tensor(parts.indices.map { 1 / Double(4 << $0) }).gather(level)
    let columns = Tensor(starts.dropLast().map { [Double($0), 0, Double($0), 0] }).gather(level)
    return roiAlign(
      concatenate(parts, axis: 3), flat * scales.expanded(at: 1) + columns,
      images: range(n).repeatedEach(k), size: (side, side), aligned: false)
  }

  /// Returns the scores of classes of boxes `[n, k, 4]`, the background first, and offsets for
  /// each: `[n, k, classes + 1]` and `[n, k, classes + 1, 4]`.
  public func judged(_ levels: [Tensor], _ boxes: Tensor) -> (logits: Tensor, offsets: Tensor) {
    let read = roi_heads.box_head(regions(levels, boxes, side: 7))
    let (logits, offsets) = roi_heads.box_predictor(read)
    let shape = [boxes.shape[0], boxes.shape[1], classes + 1]
    return (logits.reshaped(Shape(shape)), offsets.reshaped(Shape(shape + [4])))
  }

  /// Returns what is found in images, `limit` boxes of each.
  public func detections(
    _ images: Tensor, overlap: Double = 0.5, score: Double = 0.05, limit: Int = 100,
    proposals count: Int = 1000
  ) -> Detections {
    let (rows, columns) = (images.shape[2], images.shape[3])
    let levels = levels(images)
    let (boxes, isThere) = proposals(anchored(levels), rows: rows, columns: columns, limit: count)
    let (logits, offsets) = judged(levels, boxes)
    let moved = decodedBoxes(
      offsets[.all, .all, 1...], anchors: boxes.expanded(at: 2), weights: Self.weights)
    let inside = clippedBoxes(moved, rows: rows, columns: columns)
    let isKnown = isThere.expanded(at: -1) .&& isAtLeast(1e-2, inside)
    let scores = select(isKnown, softmax(logits)[.all, .all, 1...], Tensor(0))
    return GraphKit.detections(
      inside, scores, overlap: overlap, score: score, limit: limit, candidates: count * classes)
  }

  /// Returns the probability of each pixel of boxes `[n, k, 4]` for their classes `[n, k]`: `[n, k,
  /// 28, 28]`. Only for a Mask R-CNN.
  public func masks(_ levels: [Tensor], _ boxes: Tensor, _ classes: Tensor) -> Tensor {
    sigmoid(maskLogits(levels, boxes, classes))
  }

  /// Returns the logits of these probabilities.
  public func maskLogits(_ levels: [Tensor], _ boxes: Tensor, _ classes: Tensor) -> Tensor {
    guard let head = roi_heads.mask_head, let predictor = roi_heads.mask_predictor else {
      return boxes
    }
    let logits = predictor(head(regions(levels, boxes, side: 14)))
    let own = logits.gatherEach((classes.cast(to: .i32) + 1).reshaped([-1, 1]))
    return own.reshaped([boxes.shape[0], boxes.shape[1], logits.shape[2], logits.shape[3]])
  }

  /// The weights of the offsets that the second stage learns.
  static let weights: [Double] = [10, 10, 5, 5]
}

// True for boxes that are at least so wide and high.
private func isAtLeast(_ extent: Double, _ boxes: Tensor) -> Tensor {
  ((boxes[..., 2..<4] - boxes[..., 0..<2]) .>= extent).all(axis: -1)
}
