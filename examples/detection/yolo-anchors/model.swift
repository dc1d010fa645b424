// YOLO with anchors on two grids (version 3, Redmon and Farhadi, 2018). Each cell has three
// anchors; a box is an anchor that is moved within its cell and stretched: x = (cell + sigmoid(tx))
// stride, w = wa exp(tw).

import GraphKit
import Zoo

let classes = 4
let scenes = DataSet.npz(
  "../../data/scenes/train.npz", fields: ["image": .u8[3, 64, 64], "box": .i8[4, 5]]
).held(out: "held.npz")

/// Anchors of the grids of 16 x 16 and 8 x 8 cells, in pixels.
let shapes: [[(width: Double, height: Double)]] = [
  [(9, 16), (13, 13), (18, 18)], [(15, 25), (23, 23), (28, 28)],
]
let strides = [4.0, 8.0]

func layer(_ inputs: Int, _ outputs: Int, side: Int) -> Sequential {
  Sequential {
    Conv2D(inputs, outputs, kernel: side, padding: side / 2); BatchNorm(outputs)
    LeakyReLU(slope: 0.1)
  }
}

struct YOLO: Module {
  let body = ResNet(ResNet.Form(blocks: [1, 1, 1]), classes: nil, width: 24)
  let deep = layer(96, 64, side: 1)
  let coarse = layer(48 + 64, 64, side: 3)
  let fine = layer(24 + 64, 32, side: 3)
  let heads = [32, 64].map { Conv2D($0, 3 * (5 + classes), kernel: 1) }

  /// What is said of each anchor, `[n, anchors, 5 + classes]`. Each grid sees what the coarser one
  /// has understood.
  func callAsFunction(_ image: Tensor) -> Tensor {
    let noise = randomNormal(Shape(image.shape.dims)) * 0.08
    let stages = body.stages(image.cast(to: .f32) / 255 + noise)
    func joined(_ image: Tensor, _ coarser: Tensor) -> Tensor {
      concatenate([image, coarser.resized(by: [2.0, 2.0], mode: .nearest)], axis: 1)
    }
    let middle = coarse(joined(stages[1], deep(stages[2])))
    let parts = zip(heads, [fine(joined(stages[0], middle)), middle]).map { head, image in
      head(image).transposed([0, 2, 3, 1]).reshaped([image.shape[0], -1, 5 + classes])
    }
    return concatenate(parts, axis: 1)
  }
}

let net = YOLO()
let model = Model("yolo_anchors", net)

/// The anchors of both grids as middles and extents, `[anchors, 4]`, and their strides.
func anchorTable() -> (boxes: Tensor, stride: Tensor) {
  let parts = zip(shapes, strides).map { shapes, stride in
    let cells = Int(64 / stride)
    return (
      boxMiddles(anchors(shapes, rows: cells, columns: cells, stride: stride)),
      full([cells * cells * shapes.count, 1], stride)
    )
  }
  return (concatenate(parts.map(\.0)), concatenate(parts.map(\.1)))
}

/// The logits of objects. Most anchors have none, which need not be learned.
func confidence(_ said: Tensor) -> Tensor { said[..., 4] - 4 }

/// Corners of the boxes that are said.
func corners(_ said: Tensor) -> Tensor {
  let (anchor, stride) = anchorTable()
  let middle = anchor[.all, 0..<2] + (sigmoid(said[..., 0..<2]) - 0.5) * stride
  let extent = anchor[.all, 2..<4] * exp(minimum(said[..., 2..<4], 3))
  return boxCorners(concatenate([middle, extent], axis: -1))
}

/// The anchor of each object: of those in whose cell its middle lies, the one whose extent fits
/// best.
func anchorsOf(_ object: Tensor) -> Tensor {
  let (anchor, stride) = anchorTable()
  let box = boxMiddles(object).expanded(at: 2)  // [n, objects, 1, 4]
  let gap = (box[..., 0..<2] - anchor[.all, 0..<2]) / stride
  let isInCell = ((gap .>= -0.5) .&& (gap .< 0.5)).all(axis: -1)
  let (size, own) = (box[..., 2..<4], anchor[.all, 2..<4])
  let shared = minimum(size, own).product(axis: -1)
  let union = size.product(axis: -1) + own.product(axis: -1) - shared
  return select(isInCell, shared / union, Tensor(-1)).argmax()
}

func loss(_ image: Tensor, _ there: Tensor) -> Tensor {
  let said = net(image)
  let (object, kind) = (there[..., 0..<4], there[..., 4].cast(to: .i32))
  let isThere = (kind .>= 0).cast(to: .f32)
  let boxes = corners(said)
  let own = anchorsOf(object)
  let place = overlapLoss(boxes.gatherEach(own), object, form: .complete, reduction: .none)

  let taken = (own.oneHot(said.shape[1]).cast(to: .f32) * isThere.expanded(at: -1)).max(axis: 1)
  // What overlaps with an object without being responsible is neither right nor wrong.
  let near = boxOverlap(boxes, object).max(axis: 2).stopGradient() .> 0.5
  let counts = select(near .&& (taken .== 0), 0, 1)
  let sure = binaryCrossEntropy(logits: confidence(said), taken, reduction: .none) * counts

  let named = binaryCrossEntropy(
    logits: said.gatherEach(own)[..., 5...], kind.oneHot(classes).cast(to: .f32), reduction: .none)
  let each = ((3 * place + named.sum(axis: -1)) * isThere).sum() + sure.sum()
  return each / Double(image.shape[0])
}

func found(_ image: Tensor) -> Detections {
  let said = net(image)
  let scores = sigmoid(confidence(said)).expanded(at: -1) * sigmoid(said[..., 5...])
  return detections(
    clippedBoxes(corners(said), rows: 64, columns: 64), scores, score: 0.005, limit: 20)
}

/// Parts of four scenes that meet at a random point, the right ones mirrored: the mosaic of version
/// 4. The point may be at an edge, so that there are fewer. Of the objects those remain of which
/// 60 % are seen.
func mosaic(_ image: Tensor, _ there: Tensor) -> (image: Tensor, there: Tensor) {
  let n = image.shape[0]
  let point = floor(clamp(randomUniform([n, 2], -32...96), 0...64))
  let pixel = range(64).cast(to: .f32).expanded(at: 1) + 0.5
  var (seen, objects) = (image, [Tensor]())
  for (isRight, isLow) in [(false, false), (true, false), (false, true), (true, true)] {
    var scene = image.rolled(by: objects.count, axis: 0)
    var object = there.rolled(by: objects.count, axis: 0)
    if isRight {
      scene = scene.reversed(axes: [3])
      (object[..., 0], object[..., 2]) = (64 - object[..., 2], 64 - object[..., 0])
    }
    let isBehind = Tensor([isRight ? 1 : 0, isLow ? 1 : 0], .bool)
    let first = select(isBehind, point, Tensor(0)).expanded(at: 1)
    let last = select(isBehind, Tensor(64), point).expanded(at: 1)
    let isIn = (pixel .> first) .&& (pixel .< last)  // [n, 64, 2]
    let (columns, rows) = (isIn[..., 0], isIn[..., 1])
    seen = select(
      rows.reshaped([n, 1, 64, 1]) .&& columns.reshaped([n, 1, 1, 64]), scene, seen)

    let ends = [object[..., 0..<2], object[..., 2..<4]]
    let left = ends.map { minimum(maximum($0, first), last) }
    let areas = [left, ends].map { ($0[1] - $0[0]).product(axis: -1, keep: true) }
    let rest = concatenate(left + [object[..., 4...]], axis: -1)
    objects.append(select(areas[0] .> 0.6 * areas[1], rest, Tensor([0, 0, 0, 0, -1])))
  }
  return (seen, concatenate(objects, axis: 1))
}

model.train(on: scenes, batch: 10, epochs: 24, best: .max("map50")) { batch in
  let (image, there) = mosaic(batch.image, batch.box.cast(to: .f32))
  let loss = loss(image, there)
  Adam(rate: .oneCycle(peak: 3e-3)).minimize(loss, net.parameters)
  return ["loss": loss]
} evaluate: { batch in
  let (found, there) = (found(batch.image), batch.box.cast(to: .f32))
  return [
    "loss": loss(batch.image, there),
    "map50": .averagePrecision(found, there, classes: classes, at: [0.5], most: 500),
    "map": .averagePrecision(found, there, classes: classes, most: 500),
  ]
}

model.infer(Input("image", [12, 3, 64, 64], .u8)) { image in
  ["image": found(image).drawn(on: image.cast(to: .f32) / 255, scale: 2)]
}
