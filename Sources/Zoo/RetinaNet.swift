public import GraphKit

/// RetinaNet (Lin et al., 2017): each anchor of a feature pyramid has a score for each class and
/// the offsets of a box; the focal loss keeps the many easy ones from outweighing the rest. Names
/// are torchvision's: with `.resnet50` those of `retinanet_resnet50_fpn`.
///
/// Images are those that the body takes: nothing is resized or normalised. torchvision's weights
/// have 91 classes, of which the first is never there.
public struct RetinaNet: Module {
  /// The sizes of anchors, and the channels.
  public struct Form: Sendable {
    /// The sizes of the anchors of the first level; they double with each level.
    public let sizes: [Double]
    /// The ratios of height to width of anchors.
    public let ratios: [Double]
    /// The channels of the pyramid and of the heads.
    public let channels: Int

    /// Another form.
    public init(sizes: [Double], ratios: [Double] = [0.5, 1, 2], channels: Int) {
      (self.sizes, self.ratios, self.channels) = (sizes, ratios, channels)
    }

    /// That of torchvision, for images of some 800 pixels.
    public static let published = Form(sizes: [32, 40, 50], channels: 256)
  }

  let backbone: Backbone
  let head: Heads
  let form: Form
  let classes: Int

  /// The first part of the names.
  struct Backbone: Module {
    let body: ResNet
    let fpn: FeaturePyramid
  }

  struct Heads: Module {
    let classification_head: Scores
    let regression_head: Offsets
  }

  struct Scores: Module {
    let conv: Sequential
    let cls_logits: Conv2D
  }

  struct Offsets: Module {
    let conv: Sequential
    let bbox_reg: Conv2D
  }

  /// A detector on a body without classes, of whose stages the first is not read.
  public init(_ body: ResNet, classes: Int = 91, form: Form = .published) {
    (self.form, self.classes) = (form, classes)
    let count = form.sizes.count * form.ratios.count
    func layer(_ outputs: Int, bias: Double = 0) -> Conv2D {
      Conv2D(
        form.channels, outputs, kernel: 3, padding: 1, initialiser: .normal(deviation: 0.01),
        biasInitialiser: .constant(bias))
    }
    func tower() -> Sequential {
      Sequential((0..<4).map { _ in Sequential([layer(form.channels), ReLU()]) })
    }
    backbone = Backbone(
      body: body, fpn: FeaturePyramid(Array(body.widths.dropFirst()), form.channels, coarse: true))
    // At first each anchor has an object with a probability of 0.01: -log(99) as a logit.
    head = Heads(
      classification_head: Scores(
        conv: tower(), cls_logits: layer(count * classes, bias: -4.59511985013459)),
      regression_head: Offsets(conv: tower(), bbox_reg: layer(count * 4)))
  }

  /// Returns the logits of classes `[n, anchors, classes]`, the offsets `[n, anchors, 4]`, and the
  /// anchors `[anchors, 4]` of images.
  public func callAsFunction(
    _ images: Tensor
  ) -> (logits: Tensor, offsets: Tensor, anchors: Tensor) {
    let levels = backbone.fpn(Array(backbone.body.stages(images).dropFirst()))
    let (scores, moves) = (head.classification_head, head.regression_head)
    // As in torchvision, a cell of a coarse level is a whole part of the image.
    let boxes = levels.enumerated().map { number, level in
      let shapes = anchorShapes(
        sizes: form.sizes.map { $0 * Double(1 << number) }, ratios: form.ratios, rounded: true)
      return anchors(
        shapes, rows: level.shape[2], columns: level.shape[3],
        stride: Double(images.shape[2] / level.shape[2]),
        columnStride: Double(images.shape[3] / level.shape[3]), offset: 0)
    }
    return (
      concatenate(levels.map { anchorRows(scores.cls_logits(scores.conv($0)), classes) }, axis: 1),
      concatenate(levels.map { anchorRows(moves.bbox_reg(moves.conv($0)), 4) }, axis: 1),
      concatenate(boxes)
    )
  }

  /// Returns the losses of classes and boxes for images whose objects are `there`, `[n, m, 5]`:
  /// corners and class, -1 in rows that fill up.
  public func losses(_ images: Tensor, _ there: Tensor) -> (class: Tensor, box: Tensor) {
    let (logits, offsets, anchors) = self(images)
    let (boxes, kinds) = (there[..., 0..<4], there[..., 4].cast(to: .i32))
    let own = matchedBoxes(
      boxOverlap(boxes, anchors.expanded(at: 0)), above: 0.5, below: 0.4, each: true)
    let isObject = own .>= 0
    let count = maximum(isObject.cast(to: .f32).sum(axis: 1), 1)
    let kind = select(isObject, kinds.gatherEach(own), Tensor(-1, .i32))
    let label = (kind.expanded(at: -1) .== range(classes)).cast(to: .f32)
    let each = focalLoss(logits: logits, label, reduction: .none).sum(axis: -1)
    let counted = select(own .>= -1, each, Tensor(0)).sum(axis: 1)
    let goal = encodedBoxes(boxes.gatherEach(own), anchors: anchors)
    let gap = mae(offsets, goal, reduction: .none).sum(axis: -1)
    let missed = select(isObject, gap, Tensor(0)).sum(axis: 1)
    return ((counted / count).mean(), (missed / count).mean())
  }

  /// Returns the `limit` best boxes of each image, chosen from `candidates`.
  public func detections(
    _ images: Tensor, overlap: Double = 0.5, score: Double = 0.05, limit: Int = 300,
    candidates: Int = 5000
  ) -> Detections {
    let (logits, offsets, anchors) = self(images)
    let boxes = clippedBoxes(
      decodedBoxes(offsets, anchors: anchors), rows: images.shape[2], columns: images.shape[3])
    return GraphKit.detections(
      boxes, sigmoid(logits), overlap: overlap, score: score, limit: limit, candidates: candidates)
  }
}
