// Mask R-CNN (He, Gkioxari, Dollar and Girshick, 2017): Faster R-CNN, and for each box a small
// image that says which of its pixels belong to the object. The network is that of the Zoo, with
// the names of torchvision's.

import GraphKit
import Zoo

let classes = 4
let scenes = DataSet.npz(
  "../../data/scenes/train.npz",
  fields: ["image": .u8[3, 64, 64], "box": .i8[4, 5], "owner": .u8[64, 64]]
).held(out: "held.npz")

let net = FasterRCNN(
  ResNet(ResNet.Form(blocks: [1, 1]), classes: nil, width: 24), classes: classes,
  form: FasterRCNN.Form(sizes: [24, 36, 56], regionSize: 128, channels: 32, hidden: 128),
  masks: true)
let model = Model("mask_rcnn", net)

/// Images twice as large, of noisy pixels: R-CNNs enlarge theirs, so that a cell of the features is
/// only two pixels wide.
func large(_ image: Tensor) -> Tensor {
  let noisy = image.cast(to: .f32) / 255 + randomNormal(Shape(image.shape.dims)) * 0.08
  return noisy.resized(by: [2.0, 2.0], mode: .nearest)
}

/// Boxes and classes `[n, objects, 5]` in large images.
func large(boxes: Tensor) -> Tensor { boxes.cast(to: .f32) * Tensor([2, 2, 2, 2, 1]) }

/// The visible pixels of each object, `[n, objects, y, x]`: owner 1 is the first object.
func masks(_ owner: Tensor) -> Tensor {
  let number = range(4).reshaped([1, 4, 1, 1]) + 1
  return (owner.cast(to: .i32).expanded(at: 1) .== number).cast(to: .f32)
}

/// Scenes, half of them mirrored.
func mirrored(_ batch: Batch) -> (image: Tensor, there: Tensor, owner: Tensor) {
  let there = batch.box.cast(to: .f32)
  var other = there
  (other[..., 0], other[..., 2]) = (64 - there[..., 2], 64 - there[..., 0])
  let isMirrored = randomBool([there.shape[0], 1, 1], probability: 0.5)
  return (
    select(isMirrored.expanded(at: 1), batch.image.reversed(axes: [3]), batch.image),
    select(isMirrored, other, there),
    select(isMirrored, batch.owner.reversed(axes: [2]), batch.owner)
  )
}

/// The losses of anchors and their offsets, of classes and their offsets, and of masks.
func losses(_ image: Tensor, _ there: Tensor, _ owner: Tensor) -> [Tensor] {
  let pixels = masks(owner).resized(by: [2.0, 2.0], mode: .nearest)
  let losses = net.losses(
    large(image), large(boxes: there), masks: pixels, anchors: 64, regions: 24, proposals: 64)
  return [losses.objectness, losses.proposal, losses.class, losses.box, losses.mask ?? Tensor(0)]
}

/// What is found in large images, with the pixels of each object in the small ones.
func found(_ image: Tensor) -> (boxes: Detections, masks: Tensor) {
  let x = large(image)
  let found = net.detections(x, limit: 8, proposals: 48)
  let small = net.masks(net.levels(x), found.boxes, found.classes)
  // The network learns masks as torchvision's does, half a pixel too far to the upper left.
  return (found, pastedMasks(small, (found.boxes + 0.5) / 2, rows: 64, columns: 64) .> 0.5)
}

/// The intersection over union of each mask and each other one, `[n, found, there]`.
func maskOverlap(_ a: Tensor, _ b: Tensor) -> Tensor {
  let (x, y) = (a.cast(to: .f32).flattened(from: 2), b.flattened(from: 2))
  let shared = x.matmul(y.transposed())
  let union = x.sum(axis: 2).expanded(at: 2) + y.sum(axis: 2).expanded(at: 1) - shared
  return shared / maximum(union, 1)
}

/// The mean overlap of the masks of a class with the best mask that was found.
func best(_ overlap: Tensor, _ kind: Tensor, of number: Int) -> OutputValue {
  let isOwn = (kind .== number).cast(to: .f32)
  return .ratio((overlap.max(axis: 1) * isOwn).sum(), isOwn.sum())
}

model.train(on: scenes, batch: 10, epochs: 6, best: .max("mask_map50")) { batch in
  let (image, there, owner) = mirrored(batch)
  let parts = losses(image, there, owner)
  let loss = parts.dropFirst().reduce(parts[0], +)
  Adam(rate: .oneCycle(peak: 3e-3)).minimize(loss, net.parameters)
  return ["loss": loss, "class": parts[2], "box": parts[3], "mask": parts[4]]
} evaluate: { batch in
  let parts = losses(batch.image, batch.box, batch.owner)
  let (there, kind) = (large(boxes: batch.box), batch.box[..., 4].cast(to: .i32))
  let (found, found_masks) = found(batch.image)
  let shared = maskOverlap(found_masks, masks(batch.owner))
  return [
    "loss": parts.dropFirst().reduce(parts[0], +),
    "map50": .averagePrecision(found, there, classes: classes, at: [0.5], most: 500),
    "map": .averagePrecision(found, there, classes: classes, most: 500),
    "mask_map50": .averagePrecision(shared, found, kind, classes: classes, at: [0.5], most: 500),
    "mask_map": .averagePrecision(shared, found, kind, classes: classes, most: 500),
    "square": best(shared, kind, of: 0), "circle": best(shared, kind, of: 1),
    "triangle": best(shared, kind, of: 2), "letter": best(shared, kind, of: 3),
  ]
}

// Pixels of objects keep their colour; all others become grey.
model.infer(Input("image", [12, 3, 64, 64], .u8)) { image in
  let (found, masks) = found(image)
  let isObject = (masks .&& (found.scores .> 0.5).expanded(at: -1).expanded(at: -1)).any(axis: 1)
  let plain = image.cast(to: .f32) / 255
  let grey = plain.mean(axis: 1, keep: true) * 0.5
  let seen = select(isObject.expanded(at: 1), plain, grey).resized(by: [2.0, 2.0], mode: .nearest)
  return ["image": found.drawn(on: seen)]
}
