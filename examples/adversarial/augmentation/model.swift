// What a network learns from, made by another (as Frid-Adar et al., 2018): a conditional
// adversarial network learns from 60 digits, and a classifier from these and from what it draws.
// Two others learn from the 60 alone, one of them with shifts and turns.

import GraphKit

let few = 60

func classifier() -> Sequential {
  Sequential { Dense(64, 128); ReLU(); Dropout(0.3); Dense(128, 10) }
}

struct Nets: Module {
  let generator = Sequential {
    Dense(16 + 10, 128); ReLU(); Dense(128, 128); ReLU(); Dense(128, 64); Sigmoid()
  }
  let judge = Sequential {
    Dense(64 + 10, 128); LeakyReLU(slope: 0.2); Dropout(0.4)
    Dense(128, 128); LeakyReLU(slope: 0.2); Dropout(0.4)
    Dense(128, 1)
  }
  let plain = classifier()
  let drawn = classifier()
  let moved = classifier()
  let image = Parameter.statistic([1797, 1, 8, 8])
  let label = Parameter.statistic([1797], .i32)
}

let nets = Nets()
let model = Model("augmentation", nets)

model.prepare(on: .digits, batch: 1797) { batch in
  nets.image.assign(batch.image.cast(to: .f32) / 16)
  nets.label.assign(batch.label.cast(to: .i32))
}

func with(_ x: Tensor, _ label: Tensor) -> Tensor {
  concatenate([x, label.oneHot(10).cast(to: .f32)], axis: 1)
}

func drawn(_ label: Tensor) -> Tensor {
  nets.generator(with(randomNormal([label.shape[0], 16]), label))
}

/// Shifts by up to a pixel and turns by up to 10 degrees.
let moves = RandomAffine(degrees: 10, shift: 0.1, zoom: 0.9...1.1)

/// So many of the digits that have been shown.
func shown(_ count: Int) -> (image: Tensor, label: Tensor) {
  let which = randomIntegers([count], 0..<few)
  return (nets.image.value.gather(which), nets.label.value.gather(which))
}

let adam = { Adam(rate: 1e-3, beta1: 0.5) }

// First the adversarial game, then the classifiers.
model.phase("game", epochs: 10, steps: 200) {
  let (image, label) = shown(64)
  let (x, other) = (image.flattened(from: 1), randomIntegers([64], 0..<10))
  let fake = drawn(other)
  let judgeLoss =
    softplus(-nets.judge(with(x, label))).mean()
    + softplus(nets.judge(with(fake.stopGradient(), other))).mean()
  adam().minimize(judgeLoss, nets.judge.parameters)
  let loss = softplus(-nets.judge(with(fake, other))).mean()
  adam().minimize(loss, nets.generator.parameters)
  return ["j_d": judgeLoss, "j_g": loss]
}

model.phase("classifiers", epochs: 10, steps: 100) {
  let (image, label) = shown(64)
  let (x, asked) = (image.flattened(from: 1), randomIntegers([64], 0..<10))
  func learn(_ net: Sequential, _ x: Tensor, _ label: Tensor) -> Tensor {
    let loss = crossEntropy(net(x), label)
    Adam(rate: 1e-3).minimize(loss, net.parameters)
    return loss
  }
  let plain = learn(nets.plain, x, label)
  let moved = learn(nets.moved, moves(image).flattened(from: 1), label)
  // Half of what the third one sees is real.
  let half = concatenate([x[..<32], drawn(asked[..<32]).stopGradient()])
  let drawn = learn(nets.drawn, half, concatenate([label[..<32], asked[..<32]]))
  return ["plain": plain, "drawn": drawn, "moved": moved]
} evaluate: {
  // All digits that were never shown.
  let (x, label) = (nets.image.value[few...].flattened(from: 1), nets.label.value[few...])
  return [
    "plain_accuracy": accuracy(nets.plain(x), label),
    "drawn_accuracy": accuracy(nets.drawn(x), label),
    "moved_accuracy": accuracy(nets.moved(x), label),
  ]
}

// A row of each digit.
model.every(epochs: 10, "drawn", .image(columns: 12)) {
  let images = drawn(range(10).repeatedEach(12)).reshaped([120, 1, 8, 8])
  return ["image": images.resized(by: [3.0, 3.0], mode: .nearest)]
}
