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

/// The loss of both tasks, log p(class) and smooth L1 of the offsets from the region.
func losses(_ image: Tensor, _ there: Tensor, _ proposed: Tensor) -> (kind: Tensor, place: Tensor) {
  let (object, kind) = (there[..., 0..<4], there[..., 4].cast(to: .i32))
  // Objects are regions, too, so that some are right.
  let region = concatenate([proposed, object], axis: 1)
  let (scores, offsets) = net(image, region)
  let overlap = boxOverlap(object, region)
  let own = matchedBoxes(overlap, above: 0.5)
  let isRegion = region[..., 2] .> 0
  let some = balancedSample(
    positives: (own .>= 0) .&& isRegion, negatives: (own .< 0) .&& isRegion, count: 24, share: 0.25)
  let count = (some.positives .|| some.negatives).cast(to: .f32).sum()

  let label = select(some.positives, kind.gatherEach(own) + 1, Tensor(0, .i32))
  let each = crossEntropy(
    scores.reshaped([-1, classes + 1]), label.flattened(), reduction: .none
  ).reshaped(label.shape)
  let named = select(some.positives .|| some.negatives, each, Tensor(0)).sum() / count

  let goal = encodedBoxes(object.gatherEach(own), anchors: region, weights: weights)
  let said = offsets.flattened(from: 0, to: 1).gatherEach(label.reshaped([-1, 1]))
  let gap = smoothL1(said.reshaped(goal.shape), goal, reduction: .none).sum(axis: -1)
  return (named, select(some.positives, gap, Tensor(0)).sum() / count)
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

model.train(on: scenes, batch: 20, epochs: 10, best: .max("map50")) { batch in
  let (kind, place) = losses(
    batch.image, batch.box.cast(to: .f32), batch.region.cast(to: .f32))
  Adam(rate: .oneCycle(peak: 3e-3)).minimize(kind + place, net.parameters)
  return ["loss": kind + place, "kind": kind, "place": place]
} evaluate: { batch in
  let (there, region) = (batch.box.cast(to: .f32), batch.region.cast(to: .f32))
  let (kind, place) = losses(batch.image, there, region)
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
  return ["image": found.drawn(on: image.cast(to: .f32) / 255, scale: 2)]
}
