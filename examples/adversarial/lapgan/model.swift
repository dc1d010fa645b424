// A pyramid of adversarial networks (LAPGAN, Denton et al., 2015): one draws letters of 8 x 8
// pixels; for 16 and for 32 pixels another one draws what an enlarged picture lacks. All learn side
// by side, each with its own judge, as a real letter made small is a real small letter.

import GraphKit

func halved(_ x: Tensor) -> Tensor { x.resized(by: [0.5, 0.5], mode: .area) }
func doubled(_ x: Tensor) -> Tensor { x.resized(by: [2.0, 2.0]) }

/// From an enlarged picture and noise to details.
struct Details: Module {
  let net = Sequential {
    Conv2D(2, 16, kernel: 3, padding: .same); LeakyReLU(slope: 0.2)
    Conv2D(16, 16, kernel: 3, padding: .same); LeakyReLU(slope: 0.2)
    Conv2D(16, 1, kernel: 3, padding: .same)
  }

  func callAsFunction(_ blurred: Tensor) -> Tensor {
    net(concatenate([blurred, randomNormal(like: blurred)], axis: 1))
  }
}

struct Pyramid: Module {
  let first = Sequential {
    Dense(32, 192); LeakyReLU(slope: 0.2); Dense(192, 192); LeakyReLU(slope: 0.2)
    Dense(192, 64); Tanh(); Unflatten(1, to: [1, 8, 8])
  }
  let details = [Details(), Details()]

  func small(_ count: Int) -> Tensor { first(randomNormal([count, 32])) }

  /// A small picture, and those of twice and four times the size that are drawn from it.
  func callAsFunction(_ small: Tensor) -> [Tensor] {
    details.reduce(into: [small]) { pictures, draw in
      let blurred = doubled(pictures.last!)
      pictures.append(blurred + draw(blurred))
    }
  }
}

/// The judge of small pictures, and those of details, which also see what these are added to.
struct Judges: Module {
  let first = Sequential {
    Flatten(); Dense(64, 192); LeakyReLU(slope: 0.2)
    Dense(192, 192); LeakyReLU(slope: 0.2); Dense(192, 1)
  }
  let details = [16, 32].map { size in
    Sequential {
      Conv2D(2, 16, kernel: 4, stride: 2, padding: 1); LeakyReLU(slope: 0.2)
      Conv2D(16, 32, kernel: 4, stride: 2, padding: 1); LeakyReLU(slope: 0.2); Dropout(0.3)
      Flatten(); Dense(2 * size * size, 1)
    }
  }
}

/// Knows the letters; its features say how far sets of pictures are from each other.
struct Reader: Module {
  let features = Sequential {
    Conv2D(1, 8, kernel: 4, stride: 2, padding: 1); ReLU()
    Conv2D(8, 16, kernel: 4, stride: 2, padding: 1); ReLU(); MaxPool2D(2)
    Flatten(); Dense(256, 24); ReLU()
  }
  let output = Dense(24, 10)
}

let (pyramid, judges, reader) = (Pyramid(), Judges(), Reader())
let average = pyramid.copy()
let model = Model(
  "lapgan", ["pyramid": pyramid, "judges": judges, "average": average, "reader": reader])

/// The letters A to J in 147 typefaces, or in 30 of other families.
func letters(_ file: String) -> DataSet {
  DataSet.npz("../../data/letters/\(file).npz", fields: ["image": .u8[1, 32, 32], "label": .u8])
    .where("label", in: 10...19)
}

func pixels(_ image: Tensor) -> Tensor { image.cast(to: .f32) / 127.5 - 1 }

let epochs = 25

model.phase("learn", on: letters("train"), batch: 32, epochs: epochs) { batch in
  let x = pixels(batch.image)
  let adam = Adam(rate: 1e-3, beta1: 0.5)
  var results: Outputs = [:]

  /// A step of a judge and of its generator. With R1 the judge pays for its slope at what is real.
  func play(
    _ name: String, _ judge: (Tensor) -> Tensor, _ judged: [Parameter], _ generator: [Parameter],
    real: Tensor, fake: Tensor, r1: Double = 0
  ) {
    let score = judge(real)
    let judgeLoss = softplus(-score).mean() + softplus(judge(fake.stopGradient())).mean()
    let slope = gradient(of: score.sum(), by: real)
    let price = (slope * slope).sum(axes: [1, 2, 3]).mean()
    adam.minimize(r1 > 0 ? judgeLoss + r1 * price : judgeLoss, judged)
    let loss = softplus(-judge(fake)).mean()
    adam.minimize(loss, generator)
    results.append("j_d_\(name)", judgeLoss)
    results.append("j_g_\(name)", loss)
  }

  play(
    "8", { judges.first($0) }, judges.first.parameters, pyramid.first.parameters,
    real: halved(halved(x)), fake: pyramid.small(x.shape[0]), r1: 0.1)
  for (i, picture) in [halved(x), x].enumerated() {
    let (draw, judge, blurred) = (pyramid.details[i], judges.details[i], doubled(halved(picture)))
    play(
      "\(picture.shape[-1])", { judge(concatenate([blurred, $0], axis: 1)) }, judge.parameters,
      draw.parameters, real: picture - blurred, fake: draw(blurred))
  }
  average.follow(pyramid, 0.98)

  let loss = crossEntropy(reader.output(reader.features(x)), batch.label.cast(to: .i32) - 10)
  Adam(rate: 2e-3).minimize(loss, reader.parameters)
  results.append("class", loss)
  return results
}

// How far pictures are from letters of typefaces that were never shown: the Fréchet distance of
// the reader's features, divided by the variance of the true ones; and the power of details.
model.phase(
  "measure", on: letters("held").named("held"), with: letters("train").batches(of: 300), batch: 300,
  epochs: 1
) { held, shown in
  let x = pixels(held.image)
  let truth = reader.features(x)
  func distance(_ y: Tensor) -> Tensor {
    let found = frechetDistance(truth, reader.features(y.resized(to: [32, 32])))
    return found.cast(to: .f32) / truth.variance(axis: 0).sum()
  }
  func power(_ y: Tensor) -> Tensor { pow(y - doubled(halved(y)), 2).mean() }
  var results: Outputs = [
    "real": distance(pixels(shown.image)), "power_real_16": power(halved(x)),
    "power_real_32": power(x),
  ]
  let starts: KeyValuePairs = ["true": halved(halved(x)), "drawn": average.run { $0.small(300) }]
  for (name, small) in starts {
    for y in average.run({ $0(small) }) {
      results.append("\(name)_\(y.shape[-1])", distance(y))
      if y.shape[-1] > 8 { results.append("power_\(name)_\(y.shape[-1])", power(y)) }
    }
  }
  return results
}

// From above, thirty letters of each level, in two blocks.
model.every(epochs: epochs, "pyramid", .image(columns: 15)) {
  let levels = average.run { $0($0.small(30)) }.map { $0.resized(to: [32, 32], mode: .nearest) }
  let blocks = [0, 15].flatMap { start in levels.map { $0[start..<(start + 15)] } }
  return ["image": clamp(concatenate(blocks) / 2 + 0.5, 0...1)]
}
