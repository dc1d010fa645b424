// Domain adaptation by a reversed gradient (Ganin et al., 2016): two moons with labels, and the
// same turned by 35 degrees without. Features from which no one can tell the two apart serve both.

import GraphKit

struct Net: Module {
  let features = Sequential { Dense(2, 32); ReLU(); Dense(32, 32); ReLU() }
  let label = Dense(32, 1)
  let domain = Sequential { Dense(32, 64); ReLU(); Dense(64, 1) }
}

let (adapted, plain) = (Net(), Net())
let model = Model("adaptation", ["adapted": adapted, "plain": plain])

/// Moons with their labels, turned about their middle.
func moons(_ count: Int, turned: Bool) -> (x: Tensor, label: Tensor) {
  let angle = randomUniform([count], 0...Double.pi)
  let isUpper = randomBool([count], probability: 0.5)
  let x = select(isUpper, cos(angle), 1 - cos(angle)) - 0.5
  let y = select(isUpper, sin(angle), 0.5 - sin(angle)) - 0.25
  let points = stack([x, y], axis: 1) + randomNormal([count, 2], deviation: 0.05)
  // cos and sin of 35 degrees.
  let turn = Tensor([[0.8192, 0.5736], [-0.5736, 0.8192]])
  return (turned ? points.matmul(turn) : points, isUpper.cast(to: .f32).expanded(at: 1))
}

model.train(epochs: 10, steps: 1000) {
  let (x, label) = moons(128, turned: false)
  let (other, _) = moons(128, turned: true)
  // The weight of the reversed gradient grows from 0 to 1.
  let share = model.steps.cast(to: .f32) / model.totalSteps.cast(to: .f32)
  let weight = 2 / (1 + exp(-10 * share)) - 1

  let (f, g) = (adapted.features(x), adapted.features(other))
  let both = concatenate([f, g])
  let scores = adapted.domain(reverseGradient(both, weight: 1))
  let isOther = concatenate([zeros([128, 1]), ones([128, 1])])
  let domainLoss = binaryCrossEntropy(logits: scores, isOther)
  let loss = binaryCrossEntropy(logits: adapted.label(f), label) + weight * domainLoss
  Adam(rate: 1e-3).minimize(loss, adapted.parameters)

  let plainLoss = binaryCrossEntropy(logits: plain.label(plain.features(x)), label)
  Adam(rate: 1e-3).minimize(plainLoss, plain.parameters, unused: .skip)
  return [
    "loss": loss, "domain": domainLoss, "told_apart": binaryAccuracy(logits: scores, isOther),
  ]
} evaluate: {
  let (x, label) = moons(4000, turned: true)
  return [
    "adapted": binaryAccuracy(logits: adapted.label(adapted.features(x)), label),
    "plain": binaryAccuracy(logits: plain.label(plain.features(x)), label),
  ]
}

/// The net's answers on a square from -2 to 2, and turned points: white above, black below.
func picture(_ net: Net) -> Tensor {
  let line = (range(80).cast(to: .f32) + 0.5) / 20 - 2
  let x = stack([line.tiled([80]), -line.repeatedEach(80)], axis: 1)
  let answer = sigmoid(net.label(net.features(x)))
  let (points, label) = moons(1000, turned: true)
  let cell = clamp(floor((points + 2) * 20), 0...79).cast(to: .i32)
  let place = (79 - cell[.all, 1]) * 80 + cell[.all, 0]
  let above = place.binCount(6400, weights: label.squeezed(1))
  let isThere = place.binCount(6400) .> 0
  let shade = select(isThere, minimum(above, 1), 0.3 + 0.4 * answer.squeezed(1))
  return shade.reshaped([1, 1, 80, 80]).resized(by: [2.0, 2.0], mode: .nearest)
}

// Without and with adaptation.
model.every(epochs: 10, "answers", .image(columns: 2)) {
  ["image": concatenate([picture(plain), picture(adapted)])]
}
