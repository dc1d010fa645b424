// A conditional adversarial network (Mirza and Osindero, 2014): both nets get the label, so one can
// ask for a digit. A classifier, trained beside on real digits, says how many are what was asked
// for.

import GraphKit

let generator = Sequential {
  Dense(32 + 10, 128); ReLU()
  Dense(128, 128); ReLU()
  Dense(128, 64); Sigmoid()
}
let judge = Sequential {
  Dense(64 + 10, 128); LeakyReLU(slope: 0.2); Dropout(0.3)
  Dense(128, 128); LeakyReLU(slope: 0.2); Dropout(0.3)
  Dense(128, 1)
}
let classifier = Sequential { Dense(64, 64); ReLU(); Dense(64, 10) }

let model = Model(
  "conditional", ["generator": generator, "judge": judge, "classifier": classifier])

let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8])

func with(_ x: Tensor, _ label: Tensor) -> Tensor {
  concatenate([x, label.oneHot(10).cast(to: .f32)], axis: 1)
}

func drawn(_ label: Tensor) -> Tensor { generator(with(randomNormal([label.shape[0], 32]), label)) }

model.train(on: digits, batch: 64, epochs: 150, validation: 0.2) { batch in
  let x = batch.image.cast(to: .f32).flattened(from: 1) / 16
  let label = randomIntegers([batch.image.shape[0]], 0..<10)
  let fake = drawn(label)
  let judgeLoss =
    softplus(-judge(with(x, batch.label))).mean()
    + softplus(judge(with(fake.stopGradient(), label))).mean()
  Adam(rate: 1e-3, beta1: 0.5).minimize(judgeLoss, judge.parameters)
  let generatorLoss = softplus(-judge(with(fake, label))).mean()
  Adam(rate: 1e-3, beta1: 0.5).minimize(generatorLoss, generator.parameters)

  let scores = classifier(x)
  let classLoss = crossEntropy(scores, batch.label)
  Adam(rate: 1e-3).minimize(classLoss, classifier.parameters)
  return [
    "j_d": judgeLoss, "j_g": generatorLoss, "accuracy": accuracy(scores, batch.label),
    "asked": accuracy(classifier(fake), label),
  ]
}

// A row for each digit.
model.every(epochs: 150, "digits", .image(columns: 12)) {
  let image = drawn(range(10).repeatedEach(12)).reshaped([120, 1, 8, 8])
  return ["image": image.resized(by: [3.0, 3.0], mode: .nearest)]
}
