// R-CNN (Girshick, Donahue, Darrell and Malik, 2014): each region that a search proposes is cut out
// and warped to 24 x 24 pixels. A convolutional network learns to name it; then, for each class, a
// support vector machine on its features, and a linear correction of the box.

import GraphKit
import Zoo

let classes = 4
let scenes = DataSet.npz(
  "../../data/scenes/train.npz",
  fields: ["image": .u8[3, 64, 64], "box": .i8[4, 5], "region": .i8[32, 4]]
).held(out: "held.npz")

struct RCNN: Module {
  let features = Sequential {
    Conv2D(3, 16, kernel: 3, padding: 1); BatchNorm(16); ReLU(); MaxPool2D(2)
    Conv2D(16, 32, kernel: 3, padding: 1); BatchNorm(32); ReLU(); MaxPool2D(2)
    Conv2D(32, 64, kernel: 3, padding: 1); BatchNorm(64); ReLU(); MaxPool2D(2)
    Flatten()
    Dense(64 * 9, 128); ReLU()
  }
  let scores = Dense(128, classes + 1)  // while features are learned; the background is the last
  let machines = Dense(128, classes)
  let offsets = Dense(128, 4)

  /// 128 features of regions `[n, k, 4]`, with an eighth of their surroundings: `[n, k, 128]`.
  func callAsFunction(_ image: Tensor, _ region: Tensor) -> Tensor {
    let (n, k) = (region.shape[0], region.shape[1])
    let noise = randomNormal(Shape(image.shape.dims)) * 0.08
    let wider = boxCorners(boxMiddles(region) * Tensor([1, 1, 1.25, 1.25]))
    let warped = roiAlign(
      image.cast(to: .f32) / 255 + noise, wider.reshaped([-1, 4]),
      images: range(n).repeatedEach(k), size: (24, 24), samples: 1)
    return features(warped).reshaped([n, k, -1])
  }
}

let net = RCNN()
let model = Model("rcnn", net)

/// Eight regions of each image, up to four of which overlap with an object by `least`, and the
/// objects that they belong to, -1 for none.
func some(_ batch: Batch, least: Double) -> (region: Tensor, own: Tensor, object: Tensor) {
  let object = batch.box[..., 0..<4].cast(to: .f32)
  let region = concatenate([batch.region.cast(to: .f32), object], axis: 1)
  let own = matchedBoxes(boxOverlap(object, region), above: least)
  let isRegion = region[..., 2] .> 0
  let (positives, negatives) = balancedSample(
    positives: (own .>= 0) .&& isRegion, negatives: (own .< 0) .&& isRegion, count: 8)
  let order = positives.cast(to: .f32) * 2 + negatives.cast(to: .f32)
  let place = order.topK(8).positions
  return (region.gatherEach(place), own.gatherEach(place), object)
}

func labels(_ batch: Batch, _ own: Tensor) -> Tensor {
  let kind = batch.box[..., 4].cast(to: .i32).gatherEach(own)
  return select(own .>= 0, kind, Tensor(Double(classes), .i32))
}

model.phase("features", on: scenes, batch: 20, epochs: 7) { batch in
  let (region, own, _) = some(batch, least: 0.5)
  let scores = net.scores(net(batch.image, region)).flattened(from: 0, to: 1)
  let label = labels(batch, own).flattened()
  let loss = crossEntropy(scores, label)
  Adam(rate: .oneCycle(peak: 3e-3)).minimize(
    loss, net.features.parameters + net.scores.parameters)
  return ["loss": loss, "accuracy": accuracy(scores, label)]
}

model.phase("machines", on: scenes, batch: 20, epochs: 3, best: .max("map50")) { batch in
  let (region, own, object) = some(batch, least: 0.6)
  let features = net(batch.image, region).stopGradient()
  // max(0, 1 - y w x) of each class, where y is 1 for its own regions and else -1.
  let target = labels(batch, own).oneHot(classes).cast(to: .f32) * 2 - 1
  let margin = hinge(net.machines(features), target)
  // Boxes as offsets from their regions: (x - xr) / wr, log(w / wr).
  let goal = encodedBoxes(object.gatherEach(own), anchors: region)
  let gap = smoothL1(net.offsets(features), goal, beta: 0.1, reduction: .none).sum(axis: -1)
  let isObject = (own .>= 0).cast(to: .f32)
  let place = (gap * isObject).sum() / maximum(isObject.sum(), 1)
  let loss = margin + place + 1e-4 * l2Penalty([net.machines.weight])
  Adam(rate: .oneCycle(peak: 1e-2)).minimize(
    loss, net.machines.parameters + net.offsets.parameters)
  return ["loss": loss, "margin": margin, "place": place]
} evaluate: { batch in
  let there = batch.box.cast(to: .f32)
  let found = found(batch.image, batch.region.cast(to: .f32))
  return [
    "map50": .averagePrecision(found, there, classes: classes, at: [0.5], most: 500),
    "map": .averagePrecision(found, there, classes: classes, most: 500),
  ]
}

func found(_ image: Tensor, _ region: Tensor) -> Detections {
  let features = net(image, region)
  let boxes = decodedBoxes(net.offsets(features), anchors: region)
  let isRegion = (region[..., 2] .> 0).expanded(at: -1)
  let scores = select(isRegion, net.machines(features), Tensor(-.infinity))
  return detections(
    clippedBoxes(boxes, rows: 64, columns: 64), scores, overlap: 0.3, score: -1, limit: 20)
}

model.infer(
  Input("image", [12, 3, 64, 64], .u8), Input("region", [12, 32, 4], .i8)
) { image, region in
  let found = found(image, region.cast(to: .f32))
  // A machine is sure from a margin of 0 on.
  return ["image": found.drawn(on: image.cast(to: .f32) / 255, scale: 2, score: 0)]
}
