// Films of gliding digits by an adversarial network with two judges, as in MoCoGAN (Tulyakov et
// al., 2018) and DVD-GAN (Clark et al., 2019): one sees single frames and asks whether they show a
// digit, the other one sees whole films and asks whether they move as real ones do.

import GraphKit

let frames = 8

/// A film is drawn from one noise: a recurrent net sees it in each frame and says what moves.
struct Generator: Module {
  let motion = GRU(32, 16)
  let frame = Sequential {
    Dense(32 + 16, 48 * 8); Unflatten(1, to: [48, 2, 4]); BatchNorm(48); ReLU()
    ConvTranspose2D(48, 32, kernel: 4, stride: 2, padding: 1); BatchNorm(32); ReLU()
    ConvTranspose2D(32, 1, kernel: 4, stride: 2, padding: 1); Sigmoid()
  }

  /// Films, [n, frames, 8, 16].
  func callAsFunction(_ count: Int) -> Tensor {
    let z = randomNormal([count, 32]).broadcast(to: [frames, count, 32])
    let codes = concatenate([z, motion(z)], axis: 2).swappedAxes(0, 1)
    return frame(codes.flattened(from: 0, to: 1)).reshaped([count, frames, 8, 16])
  }
}

/// The score of pictures of 8 x 16 pixels; the frames of a film are channels.
func judge(channels: Int) -> Sequential {
  Sequential {
    Conv2D(channels, 32, kernel: 4, stride: 2, padding: 1); LeakyReLU(slope: 0.2)
    Conv2D(32, 64, kernel: 4, stride: 2, padding: 1); LeakyReLU(slope: 0.2)
    Flatten(); Dense(64 * 8, 1)
  }
}

let (generator, frameJudge, filmJudge) = (Generator(), judge(channels: 1), judge(channels: frames))
let average = generator.copy()
let reader = Sequential { Flatten(); Dense(64, 96); ReLU(); Dense(96, 10) }
let model = Model(
  "video",
  [
    "generator": generator, "average": average, "frame_judge": frameJudge,
    "film_judge": filmJudge, "reader": reader,
  ])

/// What a window of 8 rows shows that is `width` times as wide as the pictures, moved to a side.
func window(_ pictures: Tensor, width: Double, at place: Tensor, columns: Int) -> Tensor {
  let (one, none) = (ones(like: place), zeros(like: place))
  let matrices = stack([width * one, none, place, none, one, none], axis: 1).reshaped([-1, 2, 3])
  return pictures.gridSample(affineGrid(matrices, rows: 8, columns: columns))
}

/// Real films, [n, frames, 8, 16]: a digit glides from one place to another.
func films(_ digits: Tensor) -> Tensor {
  let n = digits.shape[0]
  let (from, to) = (randomUniform([n, 1], -1...1), randomUniform([n, 1], -1...1))
  let place = from + (to - from) * range(frames).cast(to: .f32) / (frames - 1)
  let each = digits.repeatedEach(frames, axis: 0)
  return window(each, width: 2, at: place.flattened(), columns: 16).reshaped([n, frames, 8, 16])
}

/// A frame of each film, [n, 1, 8, 16].
func anyFrame(_ films: Tensor) -> Tensor {
  let n = films.shape[0]
  return films.gather(points: stack([range(n), randomIntegers([n], 0..<frames)], axis: 1))
    .expanded(at: 1)
}

/// The columns in which the middles of frames lie, [n, frames].
func middles(_ films: Tensor) -> Tensor {
  let columns = films.sum(axis: 2)
  return (columns * range(16)).sum(axis: 2) / (columns.sum(axis: 2) + 1e-6)
}

/// Logits of the digits of all frames, each moved to the middle: [n, frames, 10].
func read(_ films: Tensor) -> Tensor {
  let place = (middles(films).flattened() - 7.5) / 8
  let digits = window(films.reshaped([-1, 1, 8, 16]), width: 0.5, at: place, columns: 8)
  return reader(digits).reshaped([-1, frames, 10])
}

/// How many pixels films go, which part of this leads from the first place to the last, how sure
/// the reader is of their frames, how often it takes all eight for the same digit, and how many
/// digits there are, as if they were equally frequent.
func examined(_ films: Tensor, _ name: String, _ results: inout Outputs) {
  let place = middles(films)
  let way = abs(place[.all, 1...] - place[.all, ..<(-1)]).sum(axis: 1).mean()
  let shares = softmax(read(films))
  let digit = shares.argmax()
  results.append("way_\(name)", way)
  results.append("straight_\(name)", abs(place[.all, -1] - place[.all, 0]).mean() / way)
  results.append("sure_\(name)", shares.max(axis: 2).mean())
  let all = Categorical(probabilities: shares.mean(axes: [0, 1]))
  results.append("kinds_\(name)", exp(all.entropy))
  results.append("same_\(name)", (digit .== digit[.all, ..<1]).all(axis: 1).cast(to: .f32).mean())
}

func pictures(_ batch: Batch) -> Tensor { batch.image.cast(to: .f32) / 16 }

let heard = model.setting(
  "heard", choices: ["both", "frames", "films"], help: "the judge that the generator hears")
let epochs = 120

let digits = DataSet.digits.where("label", in: [0, 1, 4])

model.train(on: digits, batch: 32, epochs: epochs, validation: 0.2, best: .max("sure_drawn")
) { batch in
  let real = films(pictures(batch))
  let fake = generator(real.shape[0])
  let adam = Adam(rate: .linear(from: 1e-3), beta1: 0.5)
  var (loss, judgeLoss) = (Tensor(0), Tensor(0))
  func play(_ name: String, _ judge: Sequential, _ real: Tensor, _ fake: Tensor) {
    let score = judge(real)
    // R1: the judge pays for its slope at real examples.
    let slope = gradient(of: score.sum(), by: real)
    let price = 0.01 * (slope * slope).sum(axes: [1, 2, 3]).mean()
    let right = softplus(-score).mean() + softplus(judge(fake.stopGradient())).mean()
    adam.minimize(right + price, judge.parameters)
    judgeLoss += right
    let isHeard = heard.isChosen("both") .|| heard.isChosen(name)
    loss += select(isHeard, softplus(-judge(fake)).mean(), 0)
  }
  play("frames", frameJudge, anyFrame(real), anyFrame(fake))
  play("films", filmJudge, real, fake)
  adam.minimize(loss, generator.parameters)
  average.follow(generator, 0.98)

  let label = batch.label.repeatedEach(frames)
  let readLoss = crossEntropy(read(real).flattened(from: 0, to: 1), label)
  Adam(rate: 2e-3).minimize(readLoss, reader.parameters)
  return ["loss": loss, "judges": judgeLoss, "reader": readLoss]
} evaluate: { batch in
  let real = films(pictures(batch))
  var results: Outputs = [:]
  examined(real, "real", &results)
  examined(average.run { $0(real.shape[0]) }, "drawn", &results)
  return results
}

// Ten films, a row each.
model.every(epochs: epochs, "films", .image(columns: frames)) {
  let images = average.run { $0(10) }.reshaped([-1, 1, 8, 16])
  return ["image": images.resized(by: [6.0, 6.0], mode: .nearest)]
}
