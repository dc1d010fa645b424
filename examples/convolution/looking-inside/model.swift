// What a network for images has learned: its filters and feature maps, the deconvolution view of
// Zeiler and Fergus (2013), whose ZFNet it is, Grad-CAM (Selvaraju et al., 2017), deep dreams
// (Mordvintsev et al., 2015), and images that deceive it (Goodfellow et al., 2015).

import GraphKit
import Zoo

let width = 8
let net = ZFNet(
  channels: 1, classes: 36, size: 32, stem: .small, width: width, hidden: 128, dropout: 0)

/// The 36 glyphs of a typeface that the network has not learned, for the pictures.
struct Glyphs: Module {
  let image = Parameter.statistic([36, 1, 32, 32])
}
let glyphs = Glyphs()
let model = Model("inside", ["net": net, "glyphs": glyphs])

let faces = DataSet.npz(
  "../../data/letters/train.npz", fields: ["image": .u8[1, 32, 32], "label": .u8]
).held(out: "held.npz")

// Liberation Sans is line 100 of fonts.csv.
let liberation = DataSet.npz(
  "../../data/letters/held.npz", fields: ["image": .u8[1, 32, 32], "label": .u8, "font": .u8]
).where("font", in: [100])

model.prepare(on: liberation, batch: 36) { batch in
  glyphs.image.value = batch.image.gather(batch.label.argsort()).cast(to: .f32) / 255
}

/// The image of the last convolution, 8 x 8, and the scores that come of an image there.
func last(_ x: Tensor) -> Tensor { net.features[0..<14](x) }
func scores(from map: Tensor) -> Tensor {
  net.classifier(net.features[14](map).flattened(from: 1))
}

/// Grad-CAM: the sum of all channels, each by the mean slope of the class's score there.
func gradCAM(_ x: Tensor, _ label: Tensor) -> Tensor {
  let map = last(x)
  let chosen = scores(from: map).takeAlongAxis(label.cast(to: .i32).expanded(at: 1), axis: 1)
  let slopes = gradient(of: chosen.sum(), by: map).mean(axes: [2, 3], keep: true)
  return relu((slopes * map).sum(axis: 1, keep: true))
}

/// The fast gradient sign method: each pixel moves by `step` to where the loss grows.
func deceiving(_ x: Tensor, _ label: Tensor, by step: Double) -> Tensor {
  let slope = gradient(of: crossEntropy(net(x), label, reduction: .sum), by: x)
  return clamp(x + sign(slope) * step, 0...1)
}

/// Covers the quarter of the 8 x 8 cells where `heat` is largest; of equal ones, any.
func covered(_ x: Tensor, _ cells: Tensor) -> Tensor {
  let heat = cells + randomUniform(cells.shape, 0...1e-6)
  let limit = heat.flattened(from: 1).kthValue(49).values.reshaped([-1, 1, 1, 1])
  let isKept = (heat .< limit).cast(to: .f32)
  return x * isKept.repeatedEach(4, axis: 2).repeatedEach(4, axis: 3)
}

let augmented = RandomAffine(degrees: 8, shift: 0.08, zoom: 0.85...1.15, shear: 8)

model.phase("letters", on: faces, batch: 64, epochs: 10, best: .max("accuracy")) { batch in
  let logits = net(augmented(batch.image) / 255)
  let loss = crossEntropy(logits, batch.label)
  Adam(rate: .oneCycle(peak: 2e-3)).minimize(loss, net.parameters)
  return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
} evaluate: { batch in
  let (x, label) = (batch.image.cast(to: .f32) / 255, batch.label)
  let logits = net(x)
  let heat = gradCAM(x, label)
  func right(_ x: Tensor) -> Tensor { accuracy(net(x), label) }
  return [
    "loss": crossEntropy(logits, label), "accuracy": accuracy(logits, label),
    "fgsm_5": right(deceiving(x, label, by: 0.05)),
    "fgsm_10": right(deceiving(x, label, by: 0.1)),
    "fgsm_25": right(deceiving(x, label, by: 0.25)),
    "noise_25": right(clamp(x + sign(randomNormal(like: x)) * 0.25, 0...1)),
    "hottest_covered": right(covered(x, heat)),
    "others_covered": right(covered(x, randomUniform(heat.shape))),
  ]
}

/// Each channel as a picture of its own, from black to white.
func shown(_ x: Tensor, times factor: Double = 1) -> Tensor {
  let (low, high) = (x.min(axes: [2, 3], keep: true), x.max(axes: [2, 3], keep: true))
  let level = ((x - low) / maximum(high - low, 1e-6)).flattened(from: 0, to: 1)
  return level.expanded(at: 1).resized(by: [factor, factor], mode: .nearest)
}

let convolutions = net.features.layers.compactMap { $0 as? Conv2D }

model.every(epochs: 10, "filters", .image(columns: 8)) {
  ["image": shown(convolutions[0].weight.value, times: 6)]
}

// The R, and what channels of the first, the second and the fifth convolution make of it.
model.every(epochs: 10, "maps", .image(columns: 9)) {
  let x = glyphs.image.value[27..<28]
  func maps(_ depth: Int, _ count: Int) -> Tensor {
    let map = net.features[0..<depth](x)[.all, ..<count]
    return shown(map, times: 64 / Double(map.shape[3]))
  }
  return ["image": concatenate([shown(x, times: 2), maps(2, 8), maps(6, 9), maps(14, 9)])]
}

/// The deconvolution view of the second convolution: of each channel only the largest unit, in the
/// glyph where it is largest, and back to the image through the same filters and pools.
func deconvolution() -> (glyph: Tensor, view: Tensor) {
  let pool = MaxPool2D(3, stride: 2, padding: 1)
  let first = relu(convolutions[0](glyphs.image.value))
  let (pooled, positions) = pool.withPositions(first)
  let map = relu(convolutions[1](net.features[3](pooled)))
  let channels = map.shape[1]
  let peak = map.max(axes: [2, 3]).argmax(axis: 0)
  let chosen = map.gather(peak)
  let isThere = range(channels).expanded(at: 1) .== range(channels)
  let own = select(isThere.reshaped([channels, channels, 1, 1]), chosen, 0)
  let only = select(own .== own.max(axes: [1, 2, 3], keep: true), own, 0)
  let back = transposedConvolution(only, convolutions[1].weight.value, padding: 2)
  let large = relu(maxUnpool(back, at: positions.gather(peak), to: [32, 32]))
  let view = transposedConvolution(large, convolutions[0].weight.value, padding: 2)
  return (glyphs.image.value.gather(peak), view)
}

// Rows of seven glyphs, and below each what of it excites a channel.
model.every(epochs: 10, "deconvolution", .image(columns: 7)) {
  let (glyph, view) = deconvolution()
  let rows = [0, 7, 14].flatMap { [glyph[$0..<($0 + 7)], shown(view)[$0..<($0 + 7)]] }
  return ["image": concatenate(rows).resized(by: [2.0, 2.0])]
}

// Red where Grad-CAM is large, blue where it is 0.
model.every(epochs: 10, "grad_cam", .image(columns: 12)) {
  let chosen = range(24) + 10
  let x = glyphs.image.value.gather(chosen)
  let heat = shown(gradCAM(x, chosen)).resized(to: [32, 32])
  let colours = concatenate([heat, x * 0, 1 - heat], axis: 1)
  return ["image": (x * 0.6 + colours * 0.4).resized(by: [1.5, 1.5])]
}

// From grey, 50 steps along the gradient of each class's score. What is fine is blurred away.
model.every(epochs: 10, "dream", .image(columns: 18)) {
  let start = randomNormal([36, 1, 32, 32], mean: 0.3, deviation: 0.05)
  let line = Tensor([0.1, 0.8, 0.1])
  let blur = line.outer(line).reshaped([1, 1, 3, 3])
  let dream = scan([start], steps: 50) { step in
    let x = step.carries[0]
    let slope = gradient(of: net(x).diagonal().sum(), by: x)
    let moved = x + slope * (1 / slope.norm(axes: [1, 2, 3], keep: true))
    return ([clamp(convolution(moved, blur, padding: 1), 0...1)], [])
  }
  return ["image": dream.carries[0]]
}

// Glyphs, and below what deceives the network; `read` prints what it takes them for.
model.every(epochs: 10, "fgsm", .image(columns: 18)) {
  let x = glyphs.image.value
  return ["image": concatenate([x[10...27], deceiving(x, range(36), by: 0.1)[10...27]])]
}

model.every(epochs: 10, "read", .text) {
  let characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
  let x = glyphs.image.value
  let both = stack([x, deceiving(x, range(36), by: 0.1)])
  let classes = net(both.flattened(from: 0, to: 1)).argmax().reshaped([2, 36])
  return ["read": .text(classes, of: characters)]
}
