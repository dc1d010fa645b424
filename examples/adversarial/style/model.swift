// Style transfer (Gatys et al., 2016): the pixels of a picture are what is learned, so that its
// features stand where those of one picture stand, and go together as those of another.

import GraphKit

let side = 64

/// Features of three sizes by random filters, which are never learned; for textures these do as
/// well as learned ones (Ustyuzhaninov et al., 2017).
struct Features: Module {
  let filters = [3, 5, 11].map {
    Conv2D(3, 10, kernel: $0, padding: .same, bias: false, initialiser: .heNormal())
  }

  func callAsFunction(_ x: Tensor) -> [Tensor] { filters.map { relu($0(x - 0.5)) } }
}

/// The pixels of a picture, and one in each of three styles.
struct Pictures: Module {
  let content = Parameter.statistic([1, 3, side, side])
  let styled = (0..<3).map { _ in
    Parameter([1, 3, side, side], initialiser: .uniform(0.3...0.7))
  }
}

let (features, pictures) = (Features(), Pictures())
features.freeze()
let model = Model("style", ["features": features, "pictures": pictures])

/// Three styles, drawn by formulas: [1, 3, side, side] from 0 to 1.
func styles() -> [Tensor] {
  let line = range(side).cast(to: .f32)
  let (y, x) = (line.expanded(at: 1), line.expanded(at: 0))
  func coloured(_ share: Tensor, _ one: [Double], _ other: [Double]) -> Tensor {
    let colours = [one, other].map { Tensor($0).reshaped([1, 3, 1, 1]) }
    return share * colours[0] + (1 - share) * colours[1]
  }
  let waves = 0.5 + 0.5 * sin((x + y + 3 * sin(0.4 * x)) * 0.8)
  let dots = sigmoid(8 * (cos(0.8 * x) * cos(0.8 * y) - 0.3))
  let bricks = step(sin(y * 0.785)) * step(0.9 - sin(x * 0.39 + floor(y / 8) * Double.pi))
  return [
    coloured(waves, [0.1, 0.2, 0.6], [0.9, 0.9, 0.7]),
    coloured(dots, [0.9, 0.2, 0.1], [1, 0.9, 0.3]),
    coloured(bricks, [0.7, 0.3, 0.2], [0.95, 0.9, 0.85]),
  ]
}

// A dinosaur: dark where one of the 384 points of its outline is near, from -2.5 to 2.5.
model.prepare(on: DataSet("../../data/dino", fields: ["point": .f32[2]]), batch: 384) { batch in
  let line = (range(side).cast(to: .f32) + 0.5) / Double(side) * 5 - 2.5
  let places = stack([line.tiled([side]), -line.repeatedEach(side)], axis: 1)
  let nearest = distances(places, batch.point).min(axis: 1)
  let light = sigmoid((nearest - 0.16) * 30).reshaped([1, 1, side, side])
  pictures.content.assign(light.broadcast(to: [1, 3, side, side]))
}

/// How strong two features are together: [channels, channels].
func gram(_ features: Tensor) -> Tensor {
  let f = features.reshaped([features.shape[1], -1])
  return f.matmul(f.transposed()) / Double(f.shape[1])
}

/// How far features go together in another way, as a share of how they do in the style.
func styleError(_ x: Tensor, _ style: Tensor) -> Tensor {
  let pairs = zip(features(x).map(gram), features(style).map(gram))
  return pairs.map { mse($0, $1) / ($1 * $1).mean() }.reduce(Tensor(0), +)
}

/// What is lighter and what darker than the mean, without details: means of 4 x 4 pixels.
func coarse(_ x: Tensor) -> Tensor {
  let grey = AvgPool2D(4)(x.mean(axis: 1, keep: true))
  return grey - grey.mean()
}

/// How much light and dark parts differ: the deviation of their means.
let contrast = 0.18

let epochs = 5

model.train(epochs: epochs, steps: 60) {
  let content = coarse(pictures.content.value)
  let goal = content / sqrt(content.variance()) * contrast
  var (loss, results): (Tensor, Outputs) = (Tensor(0), [:])
  for (i, style) in styles().enumerated() {
    let x = pictures.styled[i].value
    let (error, content) = (styleError(x, style), mse(coarse(x), goal) / (contrast * contrast))
    loss += error + 0.3 * content
    results.append("style_\(i)", error)
    results.append("content_\(i)", content)
  }
  Adam(rate: .cosine(from: 3e-2)).minimize(loss, pictures.styled)
  for x in pictures.styled { x.assign(clamp(x.value, 0...1)) }
  return results
}

// The styles, and the dinosaur in each.
model.every(epochs: epochs, "styled", .image(columns: 3)) {
  let all = concatenate(styles() + pictures.styled.map(\.value))
  return ["image": all.resized(by: [3.0, 3.0], mode: .nearest)]
}
