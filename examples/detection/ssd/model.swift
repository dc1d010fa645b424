// SSD (Liu et al., 2016): default boxes on three grids, each with a class and offsets. All boxes
// that overlap with an object learn it; of the background only what is taken for something. The
// head has the names of torchvision's.

import GraphKit
import Zoo

let classes = 4
let scenes = DataSet.npz(
  "../../data/scenes/train.npz", fields: ["image": .u8[3, 64, 64], "box": .i8[4, 5]]
).held(out: "held.npz")

/// The side of the squares of each grid, and of one more. A grid also has squares between two sides
/// and boxes of twice the height or the width.
let sides = [12.0, 18, 26, 32]
let strides = [4.0, 8, 16]

struct Detector: Module {
  let backbone = ResNet(ResNet.Form(blocks: [1, 1, 1]), classes: nil, width: 24)
  let head: SSDHead

  init() {
    head = SSDHead(backbone.widths, anchors: strides.map { _ in 4 }, classes: classes)
  }

  /// The scores of classes, the background first, and the offsets of each box.
  func callAsFunction(_ image: Tensor) -> (logits: Tensor, offsets: Tensor) {
    let noise = randomNormal(Shape(image.shape.dims)) * 0.08
    let images = backbone.stages(image.cast(to: .f32) / 255 + noise)
    return head(images)
  }
}

let net = Detector()
let model = Model("ssd", net)

func defaultBoxes() -> Tensor {
  let parts = strides.indices.map { i in
    let cells = Int(64 / strides[i])
    let between = (sides[i] * sides[i + 1]).squareRoot()
    let shapes =
      anchorShapes(sizes: [sides[i], between]) + anchorShapes(sizes: [sides[i]], ratios: [2, 0.5])
    return anchors(shapes, rows: cells, columns: cells, stride: strides[i])
  }
  return concatenate(parts)
}

func losses(_ image: Tensor, _ there: Tensor) -> (class: Tensor, box: Tensor) {
  let (logits, offsets) = net(image)
  return net.head.losses(logits, offsets, boxes: defaultBoxes(), there)
}

func found(_ image: Tensor) -> Detections {
  let (scores, offsets) = net(image)
  let boxes = decodedBoxes(offsets, anchors: defaultBoxes(), weights: SSDHead.weights)
  return detections(
    clippedBoxes(boxes, rows: 64, columns: 64), softmax(scores)[.all, .all, 1...], limit: 20,
    candidates: 200)
}

/// Half of the scenes whole, the others enlarged parts, and half of both mirrored. Of the objects
/// those remain whose middles do.
func cropped(_ image: Tensor, _ there: Tensor) -> (image: Tensor, there: Tensor) {
  let n = image.shape[0]
  let isWhole = randomBool([n, 1], probability: 0.5)
  let extent = select(isWhole, Tensor(64), randomUniform([n, 2], 44...64))
  let start = randomUniform([n, 2]) * (64 - extent)
  let part = roiAlign(
    image.cast(to: .f32), concatenate([start, start + extent], axis: 1), images: range(n),
    size: (64, 64), samples: 1)

  let corners = there[..., 0..<4].reshaped([n, -1, 2, 2])
  var ends = (corners - start.reshaped([n, 1, 1, 2])) * 64 / extent.reshaped([n, 1, 1, 2])
  var mirrored = ends
  mirrored[..., 0] = 64 - ends[..., 0].reversed(axes: [2])
  let isMirrored = randomBool([n, 1, 1, 1], probability: 0.5)
  ends = select(isMirrored, mirrored, ends)
  let middle = ends.mean(axis: 2)
  let isIn = ((middle .> 0) .&& (middle .< 64)).all(axis: -1, keep: true)
  let box = clippedBoxes(ends.reshaped([n, -1, 4]), rows: 64, columns: 64)
  let object = concatenate([box, there[..., 4...]], axis: -1)
  return (
    select(isMirrored, part.reversed(axes: [3]), part),
    select(isIn, object, Tensor([0, 0, 0, 0, -1]))
  )
}

model.train(on: scenes, batch: 10, epochs: 20, best: .max("map50")) { batch in
  let (image, there) = cropped(batch.image, batch.box.cast(to: .f32))
  let (kind, place) = losses(image, there)
  Adam(rate: .oneCycle(peak: 3e-3)).minimize(kind + place, net.parameters)
  return ["loss": kind + place, "kind": kind, "place": place]
} evaluate: { batch in
  let there = batch.box.cast(to: .f32)
  let (kind, place) = losses(batch.image, there)
  let found = found(batch.image)
  return [
    "loss": kind + place,
    "map50": .averagePrecision(found, there, classes: classes, at: [0.5], most: 500),
    "map": .averagePrecision(found, there, classes: classes, most: 500),
  ]
}

model.infer(Input("image", [12, 3, 64, 64], .u8)) { image in
  ["image": found(image).drawn(on: image.cast(to: .f32) / 255, scale: 2)]
}
