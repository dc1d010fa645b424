public import GraphKit

/// SSD (Liu et al., 2016) for images of 300 pixels: default boxes on six grids, each with scores of
/// classes and the offsets of a box, on VGG-16. Names are torchvision's `ssd300_vgg16`.
///
/// Classes count from 0; the background, torchvision's class 0, is not among them. Images are those
/// that the body takes: nothing is resized or normalised.
public struct SSD: Module {
  let backbone: Body
  let head: SSDHead
  let classes: Int

  /// VGG-16 without its last pooling, and five smaller images.
  struct Body: Module {
    let scale_weight: Parameter
    let features: Sequential
    let extra: [Sequential]
  }

  /// A detector whose first stage has `width` channels.
  public init(classes: Int = 90, channels: Int = 3, width: Int = 64) {
    self.classes = classes
    let widths = VGG.Form.vgg16.widths(width)
    let stages = VGG.Form.vgg16.stages(channels, widths)
    func layer(
      _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
      dilation: Int = 1
    ) -> [any Layer] {
      let convolution = Conv2D(
        inputs, outputs, kernel: kernel, stride: stride, padding: padding, dilation: dilation,
        initialiser: .xavierUniform(), biasInitialiser: .zeros)
      return [convolution, ReLU()]
    }
    // The linear layers of VGG as convolutions, the first one dilated.
    let linear = Sequential(
      [MaxPool2D(3, stride: 1, padding: 1)]
        + layer(8 * width, 16 * width, kernel: 3, padding: 6, dilation: 6)
        + layer(16 * width, 16 * width, kernel: 1))
    backbone = Body(
      scale_weight: Parameter([8 * width], initialiser: .constant(20)),
      features: Sequential(
        stages[0] + [MaxPool2D(2)] + stages[1] + [MaxPool2D(2)] + stages[2]
          + [MaxPool2D(2, ceilMode: true)] + stages[3]),
      extra: [
        Sequential([MaxPool2D(2)] + stages[4] + [linear]),
        Sequential(
          layer(16 * width, 4 * width, kernel: 1)
            + layer(4 * width, 8 * width, kernel: 3, stride: 2, padding: 1)),
        Sequential(
          layer(8 * width, 2 * width, kernel: 1)
            + layer(2 * width, 4 * width, kernel: 3, stride: 2, padding: 1)),
        Sequential(layer(4 * width, 2 * width, kernel: 1) + layer(2 * width, 4 * width, kernel: 3)),
        Sequential(layer(4 * width, 2 * width, kernel: 1) + layer(2 * width, 4 * width, kernel: 3)),
      ])
    head = SSDHead(
      [8, 16, 8, 4, 4, 4].map { $0 * width }, anchors: Self.ratios.map { 2 + 2 * $0.count },
      classes: classes)
  }

  /// Returns the logits of classes `[n, boxes, classes + 1]`, the background first, and the offsets
  /// `[n, boxes, 4]` of images.
  public func callAsFunction(_ images: Tensor) -> (logits: Tensor, offsets: Tensor) {
    var image = backbone.features(images)
    let scale = backbone.scale_weight.value.reshaped([1, -1, 1, 1])
    var levels = [image.normalized(axis: 1) * scale]
    for block in backbone.extra {
      image = block(image)
      levels.append(image)
    }
    return head(levels)
  }

  /// Returns the default boxes of images of 300 x 300 pixels, `[8732, 4]`.
  public func defaultBoxes() -> Tensor {
    let grids = zip(Self.ratios, Self.strides).enumerated().map { number, grid in
      let (ratios, stride) = grid
      let scales = Self.scales[number...number + 1].map { $0 * 300 }
      let between = (scales[0] * scales[1]).squareRoot()
      let shapes =
        [scales[0], between].map { ($0, $0) }
        + ratios.flatMap { anchorShapes(sizes: [scales[0]], ratios: [1 / $0, $0]) }
      let cells = Int((300 / stride).rounded(.up))
      let clipped = shapes.map { (width: min($0.0, 300), height: min($0.1, 300)) }
      return anchors(clipped, rows: cells, columns: cells, stride: stride)
    }
    return concatenate(grids)
  }

  /// Returns the losses of classes and boxes for images of 300 x 300 pixels whose objects are
  /// `there`, `[n, m, 5]`: corners and class, -1 in rows that fill up.
  public func losses(_ images: Tensor, _ there: Tensor) -> (class: Tensor, box: Tensor) {
    let (logits, offsets) = self(images)
    return head.losses(logits, offsets, boxes: defaultBoxes(), there)
  }

  /// Returns the `limit` best boxes of each image of 300 x 300 pixels, chosen from `candidates`.
  public func detections(
    _ images: Tensor, overlap: Double = 0.45, score: Double = 0.01, limit: Int = 200,
    candidates: Int = 2000
  ) -> Detections {
    let (logits, offsets) = self(images)
    let boxes = decodedBoxes(offsets, anchors: defaultBoxes(), weights: SSDHead.weights)
    return GraphKit.detections(
      clippedBoxes(boxes, rows: 300, columns: 300), softmax(logits)[.all, .all, 1...],
      overlap: overlap, score: score, limit: limit, candidates: candidates)
  }

  /// The ratios of width to height of each grid, besides 1.
  private static let ratios: [[Double]] = [[2], [2, 3], [2, 3], [2, 3], [2], [2]]
  /// The sides of the boxes of each grid, and one more, as parts of the image.
  private static let scales = [0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05]
  /// Pixels from one cell of a grid to the next.
  private static let strides: [Double] = [8, 16, 32, 64, 100, 300]
}

/// The heads of SSD: for each default box of each image the scores of classes, of which the first
/// is the background, and the offsets of a box. Names are torchvision's.
public struct SSDHead: Module {
  let classification_head: Scores
  let regression_head: Scores
  let classes: Int

  struct Scores: Module {
    let module_list: [Conv2D]

    init(_ inputs: [Int], _ anchors: [Int], _ size: Int) {
      module_list = zip(inputs, anchors).map {
        Conv2D(
          $0, $1 * size, kernel: 3, padding: 1, initialiser: .xavierUniform(),
          biasInitialiser: .zeros)
      }
    }

    func rows(_ levels: [Tensor], _ size: Int) -> Tensor {
      concatenate(zip(module_list, levels).map { anchorRows($0($1), size) }, axis: 1)
    }
  }

  /// Heads for images with so many channels and so many boxes in each cell.
  public init(_ inputs: [Int], anchors: [Int], classes: Int) {
    self.classes = classes
    classification_head = Scores(inputs, anchors, classes + 1)
    regression_head = Scores(inputs, anchors, 4)
  }

  /// Returns the logits `[n, boxes, classes + 1]` and offsets `[n, boxes, 4]` of all images.
  public func callAsFunction(_ levels: [Tensor]) -> (logits: Tensor, offsets: Tensor) {
    (classification_head.rows(levels, classes + 1), regression_head.rows(levels, 4))
  }

  /// Returns the losses of classes and boxes, where `there`, `[n, m, 5]`, are the objects: corners
  /// and class, -1 in rows that fill up. Each object teaches the default boxes that overlap with it
  /// by half, and the one that overlaps most; of the others three for each count, those furthest
  /// off.
  public func losses(
    _ logits: Tensor, _ offsets: Tensor, boxes: Tensor, _ there: Tensor
  ) -> (class: Tensor, box: Tensor) {
    let (object, kind) = (there[..., 0..<4], there[..., 4].cast(to: .i32))
    let own = matchedBoxes(boxOverlap(object, boxes.expanded(at: 0)), above: 0.5, each: true)
    let isObject = own .>= 0
    let count = maximum(isObject.cast(to: .f32).sum(), 1)
    let goal = encodedBoxes(object.gatherEach(own), anchors: boxes, weights: Self.weights)
    let gap = smoothL1(offsets, goal, reduction: .none).sum(axis: -1)
    let label = select(isObject, kind.gatherEach(own) + 1, Tensor(0, .i32))
    let each = crossEntropy(
      logits.reshaped([-1, classes + 1]), label.flattened(), reduction: .none
    ).reshaped(label.shape)
    let isHard = hardNegatives(each.stopGradient(), positives: isObject, ratio: 3)
    return (
      select(isObject .|| isHard, each, Tensor(0)).sum() / count,
      select(isObject, gap, Tensor(0)).sum() / count
    )
  }

  /// The weights of the offsets.
  public static let weights: [Double] = [10, 10, 5, 5]
}
