// Diffusion of digits on request: a U-Net, a cosine schedule (Nichol and Dhariwal, 2021), few steps
// without chance (DDIM, Song et al., 2021) and guidance by the class (Ho and Salimans, 2022).

import GraphKit
import Zoo

let steps = 100

/// From a noisy image, the step and the label, 10 for none: the noise. Step and label come in as
/// planes, 8 waves of the one and 8 learned numbers of the other.
struct Denoiser: Module {
  let label = Embedding(11, 8)
  let net = UNet(channels: 1 + 8 + 8, classes: 1, width: 16, depth: 2)

  func callAsFunction(_ x: Tensor, _ t: Tensor, _ label: Tensor) -> Tensor {
    let time = sinusoidalPositions(steps, 8, base: 100).gather(t)
    let planes = concatenate([time, self.label(label)], axis: 1).reshaped([-1, 16, 1, 1])
    return net(concatenate([x, planes.broadcast(to: [x.shape[0], 16, 8, 8])], axis: 1))
  }
}

let net = Denoiser()
let average = net.copy()
let classifier = Sequential { Dense(64, 128); ReLU(); Dropout(0.3); Dense(128, 10) }
let model = Model("diffusion", ["net": net, "average": average, "classifier": classifier])

let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8])

/// The share of the signal that is left at step t, cos^2(pi / 2 (t + 1) / steps), but not 0.
func kept(_ t: Tensor) -> Tensor {
  let cosine = cos((t.cast(to: .f32) + 1) / Double(steps) * (Double.pi / 2))
  return maximum(cosine * cosine, 1e-3)
}

/// Digits from noise in so many steps. `guidance` w exaggerates what the label changes:
/// (1 + w) e(x, label) - w e(x, none). `chance` is 1 for the steps of DDPM, 0 for those of DDIM.
func drawn(_ label: Tensor, in count: Int, guidance w: Double, chance: Double = 0) -> Tensor {
  let n = label.shape[0]
  let stride = steps / count
  let both = concatenate([label, full([n], 10, .i32)])
  return scan(randomNormal([n, 1, 8, 8]), over: range(count), reversed: true) { x, i in
    let t = i * stride + (stride - 1)
    let answers = average.run { $0(x.tiled([2, 1, 1, 1]), t.broadcast(to: [2 * n]), both) }
    let (with, without) = (answers[..<n], answers[n...])
    let noise = with + w * (with - without)

    let (now, next) = (kept(t), select(i .> 0, kept(t - stride), 1))
    let clean = clamp((x - sqrt(1 - now) * noise) * rsqrt(now), -1...1)
    // The variance of q(x_next | x_t, x_0).
    let variance = chance * (1 - next) / (1 - now) * (1 - now / next)
    let direction = (x - sqrt(now) * clean) * rsqrt(1 - now)
    let after = sqrt(next) * clean + sqrt(maximum(1 - next - variance, 0)) * direction
    return (after + sqrt(variance) * randomNormal(like: x), zeros([]))
  }.carry / 2 + 0.5
}

model.train(on: digits, batch: 64, epochs: 100, validation: 0.2) { batch in
  let count = batch.image.shape[0]
  let x = batch.image.cast(to: .f32) / 8 - 1
  let t = randomIntegers([count], 0..<steps)
  let share = kept(t).reshaped([-1, 1, 1, 1])
  let noise = randomNormal(like: x)
  // A tenth of the labels is hidden, so that the net learns the noise without one, too.
  let label = select(randomBool([count], probability: 0.1), 10, batch.label.cast(to: .i32))
  let loss = mse(net(sqrt(share) * x + sqrt(1 - share) * noise, t, label), noise)
  Adam(rate: .cosine(from: 2e-3)).minimize(loss, net.parameters)
  average.follow(net, 0.99)

  let scores = classifier(x.flattened(from: 1))
  let classLoss = crossEntropy(scores, batch.label)
  Adam(rate: 1e-3).minimize(classLoss, classifier.parameters)
  return ["loss": loss, "accuracy": accuracy(scores, batch.label)]
}

/// The share of digits that the classifier takes for what was asked for, and their mean distance to
/// each other among those of one label.
func examined(_ x: Tensor, _ label: Tensor) -> (asked: Tensor, spread: Tensor) {
  let flat = x.flattened(from: 1)
  let each = (0..<10).map { flat[(10 * $0)..<(10 * $0 + 10)] }
  let spread = stack(each.map { distances($0, $0).sum() / 90 }).mean()
  return (accuracy(classifier(flat * 2 - 1), label), spread)
}

// Ten of each digit, in all steps and in few, by chance and without, and with guidance.
model.function("examine") {
  let label = range(10).repeatedEach(10)
  let kinds: KeyValuePairs = [
    "ddpm_100": drawn(label, in: 100, guidance: 0, chance: 1),
    "ddpm_20": drawn(label, in: 20, guidance: 0, chance: 1),
    "ddim_20": drawn(label, in: 20, guidance: 0),
    "guided_1": drawn(label, in: 20, guidance: 1),
    "guided_4": drawn(label, in: 20, guidance: 4),
  ]
  var results: Outputs = [:]
  for (name, images) in kinds {
    let (asked, spread) = examined(images, label)
    results.append("\(name)_asked", asked)
    results.append("\(name)_spread", spread)
  }
  return results
}

// A row for each digit: six without guidance, six with it.
model.every(epochs: 100, "digits", .image(columns: 12)) {
  let label = range(10).repeatedEach(6)
  let rows = [0.0, 2].map {
    drawn(label, in: 20, guidance: $0).reshaped([10, 6, 1, 8, 8])
  }
  let images = concatenate(rows, axis: 1).reshaped([120, 1, 8, 8])
  return ["image": images.resized(by: [3.0, 3.0], mode: .nearest)]
}
