// YOLO (Redmon, Divvala, Girshick and Farhadi, 2016): a grid of 8 x 8 cells looks at the image
// once. Each cell says what is in it and proposes two boxes; the cell in which the middle of an
// object lies is responsible for it.

import GraphKit

let (cells, cell, boxes, classes) = (8, 8.0, 2, 4)
let scenes = DataSet.npz(
  "../../data/scenes/train.npz", fields: ["image": .u8[3, 64, 64], "box": .i8[4, 5]]
).held(out: "held.npz")

struct YOLO: Module {
  let net = Sequential {
    for (inputs, outputs) in [(3, 16), (16, 32), (32, 64)] {
      Conv2D(inputs, outputs, kernel: 3, padding: 1); BatchNorm(outputs); LeakyReLU(slope: 0.1)
      MaxPool2D(2)
    }
    for (inputs, outputs, side) in [(64, 128, 3), (128, 64, 1), (64, 128, 3)] {
      Conv2D(inputs, outputs, kernel: side, padding: side / 2); BatchNorm(outputs)
      LeakyReLU(slope: 0.1)
    }
    Conv2D(128, boxes * 5 + classes, kernel: 1)
  }

  /// What the cells say, row by row: for each box the middle within the cell, the roots of width
  /// and height as parts of the image, and a confidence; and the probabilities of classes.
  func callAsFunction(_ image: Tensor) -> (boxes: Tensor, classes: Tensor) {
    let noise = randomNormal(Shape(image.shape.dims)) * 0.08
    let y = net(image.cast(to: .f32) / 255 + noise).flattened(from: 2).transposed()
    return (
      y[..., ..<(5 * boxes)].reshaped([-1, cells * cells, boxes, 5]), y[..., (5 * boxes)...]
    )
  }
}

let net = YOLO()
let model = Model("yolo", net)

/// Corners in pixels of boxes `[..., boxes, 5]` in cells with these numbers.
func corners(_ box: Tensor, _ number: Tensor) -> Tensor {
  let first = stack([number % cells, number / cells], axis: -1).cast(to: .f32)
  let middle = (box[..., 0..<2] + first.expanded(at: -2)) * cell
  let extent = box[..., 2..<4] * box[..., 2..<4] * 64
  return boxCorners(concatenate([middle, extent], axis: -1))
}

/// Corners of all boxes, `[n, cells, boxes, 4]`.
func all(_ box: Tensor) -> Tensor { corners(box, range(cells * cells).expanded(at: 0)) }

func found(_ image: Tensor) -> Detections {
  let (box, kind) = net(image)
  let (n, place) = (image.shape[0], all(box).flattened(from: 1, to: 2))
  // P(class) P(object) overlap
  let scores = box[..., 4].expanded(at: -1) * kind.expanded(at: 2)
  return detections(
    clippedBoxes(place, rows: 64, columns: 64), scores.reshaped([n, -1, classes]), score: 0.005,
    limit: 20)
}

func loss(_ image: Tensor, _ there: Tensor) -> Tensor {
  let (box, kind) = net(image)
  let isThere = (there[..., 4] .>= 0).cast(to: .f32)
  let object = there[..., 0..<4]
  let middle = boxMiddles(object)
  let number = floor(middle[..., 0..<2] / cell).cast(to: .i32)
  let own = number[..., 1] * cells + number[..., 0]  // [n, objects]

  // The box that overlaps more with the object is responsible.
  let proposed = box.gatherEach(own)  // [n, objects, boxes, 5]
  let overlap = boxOverlap(object.expanded(at: 2), corners(proposed, own)).squeezed(2)
    .stopGradient()
  let best = (overlap.argmax().oneHot(boxes).cast(to: .f32) * isThere.expanded(at: -1))
  let inCell = middle[..., 0..<2] / cell - number.cast(to: .f32)
  let goal = concatenate([inCell, sqrt(middle[..., 2..<4] / 64)], axis: -1)
  let gap = proposed[..., 0..<4] - goal.expanded(at: 2)
  let place = ((gap * gap).sum(axis: -1) * best).sum()
  let confidence = proposed[..., 4] - overlap
  let sure = (confidence * confidence * best).sum()

  // All other boxes should say that there is nothing, unless they overlap with an object (version
  // 2): if its middle is near an edge of cells, those on both sides propose it.
  let cellOf = own.oneHot(cells * cells).cast(to: .f32)
  let isBusy = einsum("nmc,nmb->ncb", cellOf, best) .> 0
  let near = boxOverlap(all(box).flattened(from: 1, to: 2), object).max(axis: 2).stopGradient()
  let isFree = .!isBusy .&& (near.reshaped(isBusy.shape) .< 0.5)
  let empty = select(isFree, box[..., 4] * box[..., 4], Tensor(0)).sum()

  let wrong = kind.gatherEach(own) - there[..., 4].cast(to: .i32).oneHot(classes).cast(to: .f32)
  let named = ((wrong * wrong).sum(axis: -1) * isThere).sum()
  return (5 * place + sure + 0.5 * empty + named) / Double(image.shape[0])
}

/// Scenes moved, stretched and half of them mirrored: what is at x was at scale x + shift, from -1
/// to 1. Of the objects those remain of which 60 % are seen.
func moved(_ image: Tensor, _ there: Tensor) -> (image: Tensor, there: Tensor) {
  let n = image.shape[0]
  let sign = select(randomBool([n, 1], probability: 0.5), Tensor([-1, 1]), Tensor([1, 1]))
  let scale = sign * exp(randomUniform([n, 2], -0.15...0.15))
  let shift = randomUniform([n, 2], -0.15...0.15)
  let matrix = concatenate([scale.expanded(at: 2) * eye(2), shift.expanded(at: 2)], axis: 2)
  let grid = affineGrid(matrix, rows: 64, columns: 64)
  let seen = image.cast(to: .f32).gridSample(grid, nearest: true, padding: .border)

  let ends = there[..., 0..<4].reshaped([n, -1, 2, 2]) / 32 - 1
  let now = 32 + 32 * (ends - shift.reshaped([n, 1, 1, 2])) / scale.reshaped([n, 1, 1, 2])
  let whole = concatenate([now.min(axis: 2), now.max(axis: 2)], axis: -1)
  let box = clippedBoxes(whole, rows: 64, columns: 64)
  let areas = [box, whole].map { boxMiddles($0)[..., 2...].product(axis: -1, keep: true) }
  let object = concatenate([box, there[..., 4...]], axis: -1)
  return (seen, select(areas[0] .> 0.6 * areas[1], object, Tensor([0, 0, 0, 0, -1])))
}

model.train(on: scenes, batch: 10, epochs: 24, best: .max("map50")) { batch in
  let (image, there) = moved(batch.image, batch.box.cast(to: .f32))
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
