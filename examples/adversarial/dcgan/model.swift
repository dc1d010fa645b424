// A convolutional adversarial network (DCGAN, Radford et al., 2016): letters, or faces with
// --set data=faces. The score of what is drawn is the inception score, by a classifier of letters.

import GraphKit
import Zoo

let isFaces = option("data", "letters", of: ["letters", "faces"]) == "faces"

let generator = DCGANGenerator(latent: 32, channels: 1, size: 16, width: 24)
let judge = DCGANDiscriminator(channels: 1, size: 16, width: 24)
let average = generator.copy()
let classifier = Sequential {
  Conv2D(1, 12, kernel: 3, stride: 2, padding: 1); ReLU()
  Conv2D(12, 24, kernel: 3, stride: 2, padding: 1); ReLU()
  Flatten()
  Dense(24 * 4 * 4, 10)
}
let model = Model(
  "dcgan",
  ["generator": generator, "judge": judge, "average": average, "classifier": classifier])

// The letters A to J, or 100 faces, as 16 x 16 pixels.
let letters = DataSet.npz(
  "../../data/letters/train.npz", fields: ["image": .u8[1, 32, 32], "label": .u8]
).where("label", in: 10...19)
let faces = DataSet("../../data/faces", fields: ["image": .u8[1, 25, 25], "label": .u8])
  .where("label", in: [1])

func drawn(_ count: Int) -> Tensor { average(randomNormal([count, 32])) }

/// exp E KL(p(y|x), p(y)): 10 if each image is surely one letter, and all letters are as frequent.
func inceptionScore(_ x: Tensor) -> Tensor {
  let shares = Categorical(logits: classifier(x))
  let all = Categorical(probabilities: shares.probabilities.mean(axis: 0))
  return exp(all.entropy - shares.entropy.mean())
}

model.train(on: isFaces ? faces : letters, batch: isFaces ? 20 : 32, epochs: isFaces ? 200 : 20) {
  batch in
  let count = batch.image.shape[0]
  let x = RandomFlip(probability: isFaces ? 0.5 : 0)(
    (batch.image.cast(to: .f32) / 127.5 - 1).resized(to: [16, 16], mode: .area))
  let fake = generator(randomNormal([count, 32]))
  let adam = Adam(rate: 5e-4, beta1: 0.5)
  let judgeLoss = softplus(-judge(x)).mean() + softplus(judge(fake.stopGradient())).mean()
  adam.minimize(judgeLoss, judge.parameters)
  let generatorLoss = softplus(-judge(fake)).mean()
  adam.minimize(generatorLoss, generator.parameters)
  average.follow(generator, 0.98)

  if isFaces { return ["j_d": judgeLoss, "j_g": generatorLoss] }
  let classLoss = crossEntropy(classifier(x), batch.label.cast(to: .i32) - 10)
  Adam(rate: 2e-3).minimize(classLoss, classifier.parameters)
  return ["j_d": judgeLoss, "j_g": generatorLoss, "class": classLoss]
}

model.every(epochs: isFaces ? 200 : 20, "drawn", .image(columns: 15)) {
  ["image": drawn(90) / 2 + 0.5]
}

if !isFaces {
  model.function("examine") {
    ["drawn": inceptionScore(drawn(1000)), "noise": inceptionScore(randomNormal([1000, 1, 16, 16]))]
  }
}
