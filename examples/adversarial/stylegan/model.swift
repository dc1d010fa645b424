// StyleGAN (Karras et al., 2019) of digits: random numbers become a style, and the style sets mean
// and deviation of each channel at each level (AdaIN), beside noise for each pixel. Two styles can
// be mixed: one for the coarse level, another for the fine one.

import GraphKit
import Zoo

let generator = StyleGenerator(latent: 24, channels: 1, size: 8, width: 16, most: 32, mapped: 3)
let average = generator.copy()
let judge = Sequential {
  Conv2D(1, 16, kernel: 3, padding: .same); LeakyReLU(slope: 0.2)
  Conv2D(16, 32, kernel: 4, stride: 2, padding: 1); LeakyReLU(slope: 0.2)
  Conv2D(32, 32, kernel: 4, stride: 2, padding: 1); LeakyReLU(slope: 0.2)
  Flatten()
  Dense(32 * 4, 1)
}
let classifier = Sequential { Flatten(); Dense(64, 128); ReLU(); Dropout(0.3); Dense(128, 10) }
let model = Model(
  "stylegan",
  ["generator": generator, "judge": judge, "average": average, "classifier": classifier])

/// Images whose coarse level has the style of one noise, and whose fine level that of another. Only
/// the fine level gets noise for its pixels: of 16 coarse pixels it would decide about the digit.
func mixed(_ net: StyleGenerator, _ coarse: Tensor, _ fine: Tensor) -> Tensor {
  let n = coarse.shape[0]
  let noise = [4, 4].map { zeros([n, 1, $0, $0]) } + [8, 8].map { randomNormal([n, 1, $0, $0]) }
  return net.synthesis([net.mapping(coarse), net.mapping(fine)], noise: noise)
}

let epochs = 25

model.train(on: .digits, batch: 64, epochs: epochs) { batch in
  let x = batch.image.cast(to: .f32) / 8 - 1
  let (z, other) = (randomNormal([64, 24]), randomNormal([64, 24]))
  // Half of the images have two styles, so that levels do not rely on each other.
  let isMixed = randomBool([64, 1], probability: 0.5)
  let fake = mixed(generator, z, select(isMixed, other, z))
  let scores = judge(x)
  // R1: the judge pays for the square of its slope at real images.
  let slope = gradient(of: scores.sum(), by: x)
  let price = (slope * slope).sum(axes: [1, 2, 3]).mean()
  let judgeLoss = softplus(-scores).mean() + softplus(judge(fake.stopGradient())).mean()
  let adam = Adam(rate: 2e-3, beta1: 0, beta2: 0.99)
  adam.minimize(judgeLoss + 0.5 * price, judge.parameters)
  let loss = softplus(-judge(fake)).mean()
  adam.minimize(loss, generator.parameters)
  average.follow(generator, 0.98)
  let classLoss = crossEntropy(classifier(x), batch.label)
  Adam(rate: 2e-3).minimize(classLoss, classifier.parameters)
  return ["j_d": judgeLoss, "j_g": loss, "class": classLoss]
}

// Of 1000 mixed images: how many are, to the classifier, the digit of the coarse style, and how
// many that of the fine one; and the same for images that differ in their noise alone.
model.function("examine") {
  let (coarse, fine) = (randomNormal([1000, 24]), randomNormal([1000, 24]))
  func digits(_ coarse: Tensor, _ fine: Tensor) -> Tensor {
    classifier(average.run { mixed($0, coarse, fine) }).argmax()
  }
  func share(_ a: Tensor, _ b: Tensor) -> Tensor { (a .== b).cast(to: .f32).mean() }
  let (both, of) = (digits(coarse, fine), digits(coarse, coarse))
  // Inception score: exp of the mutual information of image and digit, 10 at best.
  let shares = Categorical(logits: classifier(average.run { mixed($0, coarse, coarse) }))
  let all = Categorical(probabilities: shares.probabilities.mean(axis: 0))
  return [
    "coarse": share(both, of), "fine": share(both, digits(fine, fine)),
    "noise": share(of, digits(coarse, coarse)),
    "inception": exp(all.entropy - shares.entropy.mean()),
  ]
}

// The first row and the first column are images of one style; in between, the coarse style is that
// of the row and the fine one that of the column.
model.every(epochs: epochs, "mixed", .image(columns: 13)) {
  let (rows, columns) = (randomNormal([8, 24]), randomNormal([12, 24]))
  let corner = zeros([1, 24])
  let (coarse, fine) = (concatenate([corner, rows]), concatenate([corner, columns]))
  var coarseStyles = coarse.repeatedEach(13, axis: 0).reshaped([9, 13, 24])
  var fineStyles = fine.tiled([9, 1]).reshaped([9, 13, 24])
  coarseStyles[0, 1...] = columns
  fineStyles[1..., 0] = rows
  let images = average.run {
    mixed($0, coarseStyles.flattened(from: 0, to: 1), fineStyles.flattened(from: 0, to: 1))
  }
  return ["image": (images / 2 + 0.5).resized(by: [6.0, 6.0], mode: .nearest)]
}
