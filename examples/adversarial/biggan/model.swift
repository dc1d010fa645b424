// Class-conditional networks as in BigGAN (Brock et al., 2019): the norms of the generator get
// their factors from label and noise, the judge's weights are divided by their largest singular
// value, its score has a part for the label, and noise near 0 gives up variety for better digits.

import GraphKit

/// Batch norm whose factors and offsets come from a condition.
struct ConditionalNorm: Module {
  let norm: BatchNorm
  let change: Dense

  init(_ channels: Int) {
    norm = BatchNorm(channels, affine: false)
    change = Dense(24, 2 * channels, bias: false)
  }

  func callAsFunction(_ x: Tensor, _ condition: Tensor) -> Tensor {
    let parts = change(condition).reshaped([-1, 2, x.shape[1], 1, 1])
    return norm(x) * (1 + parts.element(0, of: 1)) + parts.element(1, of: 1)
  }
}

/// Doubles an image; the way around it has no convolution.
struct Rise: Module {
  let norms = [ConditionalNorm(20), ConditionalNorm(20)]
  let convolutions = (0..<2).map { _ in Conv2D(20, 20, kernel: 3, padding: .same) }

  func callAsFunction(_ x: Tensor, _ condition: Tensor) -> Tensor {
    let larger = Upsample(2)
    let y = convolutions[0](larger(relu(norms[0](x, condition))))
    return larger(x) + convolutions[1](relu(norms[1](y, condition)))
  }
}

struct Generator: Module {
  let label = Embedding(10, 16)
  let start = Dense(8, 20 * 4)
  let rises = [Rise(), Rise()]
  let end = Conv2D(20, 1, kernel: 3, padding: .same)

  /// The noise has three parts of 8: for the start, and for the norms of each rise.
  func callAsFunction(_ z: Tensor, _ label: Tensor) -> Tensor {
    let parts = z.chunked(3, axis: 1)
    var x = start(parts[0]).reshaped([-1, 20, 2, 2])
    for (rise, part) in zip(rises, parts[1...]) {
      x = rise(x, concatenate([part, self.label(label)], axis: 1))
    }
    return sigmoid(end(relu(x)))
  }
}

/// A layer whose weight is divided by its largest singular value, which a step of the power method
/// keeps up to date (Miyato et al., 2018).
struct SpectralNorm<Inner: Layer>: Layer {
  let layer: Inner
  let weight: Parameter
  let u: Parameter

  init(_ layer: Inner, _ weight: Parameter) {
    (self.layer, self.weight) = (layer, weight)
    u = Parameter.statistic([weight.shape[0], 1], initialiser: .normal())
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let w = weight.value.flattened(from: 1)
    let fixed = w.stopGradient()
    let v = fixed.transposed().matmul(u.value).normalized(axis: 0)
    u.value = fixed.matmul(v).normalized(axis: 0)
    let largest = u.value.transposed().matmul(w).matmul(v).squeezed()
    return layer.with(["weight": weight.value / largest]) { layer(x) }
  }
}

func normed(_ inputs: Int, _ outputs: Int, stride: Int) -> SpectralNorm<Conv2D> {
  let layer = Conv2D(inputs, outputs, kernel: 3, stride: stride, padding: 1)
  return SpectralNorm(layer, layer.weight)
}

struct Judge: Module {
  let features = Sequential {
    normed(1, 20, stride: 1); ReLU()
    normed(20, 40, stride: 2); ReLU()
    normed(40, 40, stride: 2); ReLU()
  }
  let whole = Dense(40, 1)
  let label = Embedding(10, 40)

  /// How real an image looks, and how much its features are those of the label.
  func callAsFunction(_ x: Tensor, _ label: Tensor) -> Tensor {
    let f = features(x).sum(axes: [2, 3])
    return whole(f).squeezed(1) + (f * self.label(label)).sum(axis: 1)
  }
}

let (generator, judge) = (Generator(), Judge())
let average = generator.copy()
let classifier = Sequential { Flatten(); Dense(64, 128); ReLU(); Dropout(0.3); Dense(128, 10) }
let model = Model(
  "biggan",
  ["generator": generator, "judge": judge, "average": average, "classifier": classifier])

func drawn(_ label: Tensor, noise: Double) -> Tensor {
  average.run { $0(randomTruncatedNormal([label.shape[0], 24], -2...2) * noise, label) }
}

let epochs = 30

model.train(on: .digits, batch: 64, epochs: epochs) { batch in
  let x = batch.image.cast(to: .f32) / 16
  let label = randomIntegers([64], 0..<10)
  let fake = generator(randomNormal([64, 24]), label)
  // The hinge: nothing is gained by scores beyond 1 and -1.
  let judgeLoss =
    relu(1 - judge(x, batch.label)).mean() + relu(1 + judge(fake.stopGradient(), label)).mean()
  Adam(rate: 1e-3, beta1: 0).minimize(judgeLoss, judge.parameters)
  let loss = -judge(fake, label).mean()
  Adam(rate: 5e-4, beta1: 0).minimize(loss, generator.parameters)
  average.follow(generator, 0.98)
  let classLoss = crossEntropy(classifier(x), batch.label)
  Adam(rate: 2e-3).minimize(classLoss, classifier.parameters)
  return ["j_d": judgeLoss, "j_g": loss, "class": classLoss]
}

// Fifty of each digit: what the classifier takes for what was asked for, and how far digits of one
// label are from each other, with all of the noise and with less.
model.function("examine") {
  let label = range(10).repeatedEach(50)
  var results: Outputs = [:]
  for (name, noise) in ["full": 1.0, "half": 0.5, "tenth": 0.1] as KeyValuePairs {
    let x = drawn(label, noise: noise)
    let each = x.reshaped([10, 50, 64]).unstacked()
    results.append("asked_\(name)", accuracy(classifier(x), label))
    results.append("spread_\(name)", stack(each.map { distances($0, $0).sum() / 2450 }).mean())
  }
  return results
}

// A row for each digit: six with all of the noise, six with half of it.
model.every(epochs: epochs, "digits", .image(columns: 12)) {
  let label = range(10).repeatedEach(6)
  let rows = [1.0, 0.5].map { drawn(label, noise: $0).reshaped([10, 6, 1, 8, 8]) }
  let images = concatenate(rows, axis: 1).reshaped([120, 1, 8, 8])
  return ["image": images.resized(by: [3.0, 3.0], mode: .nearest)]
}
