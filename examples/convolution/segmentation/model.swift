// U-Net (Ronneberger, Fischer and Brox, 2015) says of each pixel whether it belongs to a circle, a
// square, a triangle or none of them. The scenes are drawn in the graph, each one new.

import GraphKit
import Zoo

let side = 32
let unet = UNet(channels: 1, classes: 4, width: 8, depth: 3)

/// For comparison, a net that sees 7 x 7 pixels.
let near = Sequential {
  Conv2D(1, 8, kernel: 3, padding: 1); BatchNorm(8); ReLU()
  Conv2D(8, 8, kernel: 3, padding: 1); BatchNorm(8); ReLU()
  Conv2D(8, 8, kernel: 3, padding: 1); BatchNorm(8); ReLU()
  Conv2D(8, 4, kernel: 1)
}
let model = Model("segmentation", ["unet": unet, "near": near])

/// Scenes of three shapes, which may cover each other, on a shaded ground with noise; and the class
/// of each pixel: 0 for the ground, 1, 2, 3 for circles, squares, triangles.
func scenes(_ count: Int) -> (image: Tensor, label: Tensor) {
  func random(_ range: ClosedRange<Double>) -> Tensor { randomUniform([count, 1, 1], range) }
  let x = range(side, .f32)
  let y = x.expanded(at: 1)
  let slope = x * random(-1...1) + y * random(-1...1)
  var image = 0.5 + slope * (0.15 / Double(side))
  var label = zeros([count, side, side], .i32)
  for _ in 0..<3 {
    let kind = randomIntegers([count, 1, 1], 1..<4)
    let radius = random(5...8)
    let u = (x - random(5...Double(side) - 6)) / radius
    let v = (y - random(5...Double(side) - 6)) / radius
    let isSquare = maximum(abs(u), abs(v)) .< 0.85
    let isTriangle = (abs(u) .< (v + 1) * 0.6) .&& (v .< 0.8)
    let isInside = select(
      kind .== 1, u * u + v * v .< 1, select(kind .== 2, isSquare, isTriangle))
    // Brighter or darker than the ground.
    let contrast = random(-0.25...0.25)
    image = select(isInside, 0.5 + contrast + 0.25 * sign(contrast), image)
    label = select(isInside, kind, label)
  }
  let noise = randomNormal([count, side, side], deviation: 0.05)
  return ((image + noise).expanded(at: 1), label)
}

/// Of each class the pixels that are in both the answer and the truth, and those in either: the
/// quotient of their sums is the intersection over union.
func overlaps(_ scores: Tensor, _ label: Tensor) -> (both: Tensor, either: Tensor) {
  let answer = scores.argmax(axis: 1).oneHot(4)
  let truth = label.oneHot(4)
  func pixels(_ x: Tensor) -> Tensor { x.cast(to: .f32).sum(axes: [0, 1, 2]) }
  return (pixels(answer .&& truth), pixels(answer .|| truth))
}

model.train(epochs: 12, steps: 60, evaluation: 4, best: .max("iou")) {
  let (image, label) = scenes(16)
  let loss = crossEntropy(unet(image), label)
  Adam(rate: .cosine(from: 5e-3)).minimize(loss, unet.parameters)
  let other = crossEntropy(near(image), label)
  Adam(rate: .cosine(from: 5e-3)).minimize(other, near.parameters)
  return ["loss": loss, "near_loss": other]
} evaluate: {
  let (image, label) = scenes(64)
  let (scores, others) = (unet(image), near(image))
  let (both, either) = overlaps(scores, label)
  let (nearBoth, nearEither) = overlaps(others, label)
  func ratio(_ i: Int) -> Measure { .ratio(both[i], either[i]) }
  func mean(_ a: Tensor, _ b: Tensor) -> Measure { .total([a, b]) { ($0[0] / $0[1]).mean() } }
  return [
    "loss": crossEntropy(scores, label), "iou": mean(both, either),
    "near_iou": mean(nearBoth, nearEither), "ground": ratio(0), "circle": ratio(1),
    "square": ratio(2), "triangle": ratio(3),
  ]
}

// Scenes, the truth, the answers of U-Net, and those of the other net, in rows.
model.every(epochs: 12, "answers", .image(columns: 8)) {
  let (image, label) = scenes(8)
  let colours = Tensor([[0.9, 0.9, 0.9], [0.85, 0.3, 0.2], [0.2, 0.5, 0.8], [0.9, 0.7, 0.1]])
  func coloured(_ label: Tensor) -> Tensor { colours.gather(label).movedAxis(-1, to: 1) }
  let answers = [unet, near].map { (net: any Layer) in coloured(net(image).argmax(axis: 1)) }
  let grey = image.broadcast(to: [8, 3, side, side])
  let rows = concatenate([grey, coloured(label)] + answers)
  return ["image": rows.resized(by: [2.0, 2.0], mode: .nearest)]
}
