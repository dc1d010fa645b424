// Faster R-CNN (Ren, He, Girshick and Sun, 2015): a small network slides over the features and says
// at each anchor whether something is there; a second stage reads the features inside of the boxes
// it proposes. Both learn together. The network is that of the Zoo, with the names of
// torchvision's.

import GraphKit
import Zoo

let classes = 4
let scenes = DataSet.npz(
  "../../data/scenes/train.npz", fields: ["image": .u8[3, 64, 64], "box": .i8[4, 5]]
).held(out: "held.npz")

// Anchors on grids of 16 x 16, 8 x 8 and 4 x 4 cells.
let net = FasterRCNN(
  ResNet(ResNet.Form(blocks: [1, 1]), classes: nil, width: 24), classes: classes,
  form: FasterRCNN.Form(sizes: [12, 18, 28], regionSize: 64, channels: 32, hidden: 128))
let model = Model("faster_rcnn", net)

func noisy(_ image: Tensor) -> Tensor {
  image.cast(to: .f32) / 255 + randomNormal(Shape(image.shape.dims)) * 0.08
}

/// The losses of anchors and their offsets, of classes and their offsets.
func losses(_ image: Tensor, _ there: Tensor) -> [Tensor] {
  let losses = net.losses(noisy(image), there, anchors: 64, regions: 24, proposals: 64)
  return [losses.objectness, losses.proposal, losses.class, losses.box]
}

func found(_ image: Tensor) -> Detections {
  net.detections(noisy(image), limit: 20, proposals: 48)
}

/// How many of the objects one of 48 proposals overlaps with, by at least a half.
func recalled(_ image: Tensor, _ there: Tensor) -> OutputValue {
  let anchored = net.anchored(net.levels(noisy(image)))
  let proposals = net.proposals(anchored, rows: 64, columns: 64, limit: 48)
  let best = boxOverlap(there[..., 0..<4], proposals.boxes).max(axis: 2)
  let isThere = (there[..., 4] .>= 0).cast(to: .f32)
  return .ratio((isThere * (best .>= 0.5).cast(to: .f32)).sum(), isThere.sum())
}

/// Scenes, half of them mirrored.
func mirrored(_ image: Tensor, _ there: Tensor) -> (image: Tensor, there: Tensor) {
  var other = there
  (other[..., 0], other[..., 2]) = (64 - there[..., 2], 64 - there[..., 0])
  let isMirrored = randomBool([image.shape[0], 1, 1], probability: 0.5)
  let seen = select(isMirrored.expanded(at: 1), image.reversed(axes: [3]), image)
  return (seen, select(isMirrored, other, there))
}

model.train(on: scenes, batch: 10, epochs: 10, best: .max("map50")) { batch in
  let (image, there) = mirrored(batch.image, batch.box.cast(to: .f32))
  let parts = losses(image, there)
  let loss = parts[0] + parts[1] + parts[2] + parts[3]
  Adam(rate: .oneCycle(peak: 3e-3)).minimize(loss, net.parameters)
  return [
    "loss": loss, "objectness": parts[0], "proposal": parts[1], "class": parts[2], "box": parts[3],
  ]
} evaluate: { batch in
  let there = batch.box.cast(to: .f32)
  let parts = losses(batch.image, there)
  let found = found(batch.image)
  return [
    "loss": parts[0] + parts[1] + parts[2] + parts[3], "recalled": recalled(batch.image, there),
    "map50": .averagePrecision(found, there, classes: classes, at: [0.5], most: 500),
    "map": .averagePrecision(found, there, classes: classes, most: 500),
  ]
}

model.infer(Input("image", [12, 3, 64, 64], .u8)) { image in
  ["image": found(image).drawn(on: image.cast(to: .f32) / 255, scale: 2)]
}
