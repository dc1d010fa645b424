// Fast R-CNN (Girshick, 2015): the image is read once, and of each region that a search proposes
// the largest values of 5 x 5 cells go to layers that name its object and correct its box.

import GraphKit
import Zoo

let classes = 4
let scenes = DataSet.npz(
  "../../data/scenes/train.npz",
  fields: ["image": .u8[3, 64, 64], "box": .i8[4, 5], "region": .i8[32, 4]]
).held(out: "held.npz")

/// The names are torchvision's.
struct FastRCNN: Module {
  let body = ResNet(ResNet.Form(blocks: [1, 1]), classes: nil, width: 24)
  let box_head = TwoMLPHead((24 + 48) * 25, hidden: 128)
  let box_predictor = FastRCNNPredictor(128, classes: classes + 1)

  /// The scores of classes of regions, `[n, k, classes + 1]`, the background first, and the offsets
  /// of a box for each, `[n, k, classes + 1, 4]`.
  func callAsFunction(_ image: Tensor, _ region: Tensor) -> (scores: Tensor, offsets: Tensor) {
    let noise = randomNormal(Shape(image.shape.dims)) * 0.08
    let stages = body.stages(image.cast(to: .f32) / 255 + noise)  // of 16 x 16 and 8 x 8
    let wide = stages[1].resized(by: [2.0, 2.0], mode: .nearest)
    let features = concatenate([stages[0], wide], axis: 1)
    let (n, k) = (region.shape[0], region.shape[1])
    let pooled = roiMaxPool(
      features, region.reshaped([-1, 4]), images: range(n).repeatedEach(k), size: (5, 5),
      scale: 0.25)
    let (scores, offsets) = box_predictor(box_head(pooled))
    return (scores.reshaped([n, k, -1]), offsets.reshaped([n, k, -1, 4]))
  }
}

let net = FastRCNN()
let model = Model("fast_rcnn", net)
let weights: [Double] = [10, 10, 5, 5]

/// Sixteen regions of each image, up to four of which overlap with an object by a half, the boxes
/// of these, and the label of each region, 0 for the background; -1 where nothing is left.
func some(_ there: Tensor, _ proposed: Tensor) -> (region: Tensor, goal: Tensor, label: Tensor) {
  let (object, kind) = (there[..., 0..<4], there[..., 4].cast(to: .i32))
  // Objects are regions, too, so that some are right.
  let region = concatenate([proposed, object], axis: 1)
  let own = matchedBoxes(boxOverlap(object, region), above: 0.5)
  let isRegion = region[..., 2] .> 0
  let (positives, negatives) = balancedSample(
    positives: (own .>= 0) .&& isRegion, negatives: (own .< 0) .&& isRegion, count: 16, share: 0.25)
  let some = (positives.cast(to: .i32) * 2 + negatives.cast(to: .i32)).topK(16)
  let mine = own.gatherEach(some.positions)
  let label = select(some.values .> 1, kind.gatherEach(mine) + 1, some.values - 1)
  return (region.gatherEach(some.positions), object.gatherEach(mine), label)
}

/// The loss of both tasks, -log p(class) and smooth L1 of the offsets from the region.
func losses(
  _ image: Tensor, _ region: Tensor, _ goal: Tensor, _ label: Tensor
) -> (kind: Tensor, place: Tensor) {
  let (scores, offsets) = net(image, region)
  let (isUsed, own) = ((label .>= 0).cast(to: .f32), maximum(label, 0))
  let each = crossEntropy(
    scores.reshaped([-1, classes + 1]), own.flattened(), reduction: .none
  ).reshaped(label.shape)
  let said = offsets.flattened(from: 0, to: 1).gatherEach(own.reshaped([-1, 1]))
  let target = encodedBoxes(goal, anchors: region, weights: weights)
  let gap = smoothL1(said.reshaped(goal.shape), target, reduction: .none).sum(axis: -1)
  return (
    (each * isUsed).sum() / isUsed.sum(), select(label .> 0, gap, Tensor(0)).sum() / isUsed.sum()
  )
}

/// Half of the scenes mirrored, with their boxes, and the colours of all swapped: theirs are drawn
/// at random, so that others are as likely.
func changed(_ image: Tensor, _ boxes: [Tensor]) -> (image: Tensor, boxes: [Tensor]) {
  let n = image.shape[0]
  let isMirrored = randomBool([n, 1, 1], probability: 0.5)
  let swapped = image.gatherEach(randomPermutation(3, [n]))
  let seen = select(isMirrored.expanded(at: 1), swapped.reversed(axes: [3]), swapped)
  let moved = boxes.map { box in
    let ends = stack([64 - box[..., 2], box[..., 1], 64 - box[..., 0], box[..., 3]], axis: -1)
    return select(isMirrored, ends, box)
  }
  return (seen, moved)
}

func found(_ image: Tensor, _ region: Tensor) -> Detections {
  let (scores, offsets) = net(image, region)
  let boxes = decodedBoxes(
    offsets[.all, .all, 1...], anchors: region.expanded(at: 2), weights: weights)
  let isRegion = (region[..., 2] .> 0).expanded(at: -1)
  return detections(
    clippedBoxes(boxes, rows: 64, columns: 64),
    select(isRegion, softmax(scores)[.all, .all, 1...], Tensor(0)), limit: 20)
}

model.train(on: scenes, batch: 10, epochs: 16, best: .max("map50")) { batch in
  let (region, goal, label) = some(batch.box.cast(to: .f32), batch.region.cast(to: .f32))
  let (image, boxes) = changed(batch.image, [region, goal])
  let (kind, place) = losses(image, boxes[0], boxes[1], label)
  Adam(rate: .oneCycle(peak: 3e-3)).minimize(kind + place, net.parameters)
  return ["loss": kind + place, "kind": kind, "place": place]
} evaluate: { batch in
  let (there, region) = (batch.box.cast(to: .f32), batch.region.cast(to: .f32))
  let (some, goal, label) = some(there, region)
  let (kind, place) = losses(batch.image, some, goal, label)
  let found = found(batch.image, region)
  return [
    "loss": kind + place,
    "map50": .averagePrecision(found, there, classes: classes, at: [0.5], most: 500),
    "map": .averagePrecision(found, there, classes: classes, most: 500),
  ]
}

model.infer(
  Input("image", [12, 3, 64, 64], .u8), Input("region", [12, 32, 4], .i8)
) { image, region in
  let found = found(image, region.cast(to: .f32))
  return ["image": found.drawn(on: image.cast(to: .f32) / 255, scale: 2, score: 0.7)]
}
