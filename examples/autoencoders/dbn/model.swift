// A deep belief net (Hinton, Osindero and Teh, 2006): two Boltzmann machines learn all digits
// without labels, one after the other; then the stack learns from 180 labels, beside one that was
// not pre-trained.

import GraphKit

struct Machine: Module {
  let weight: Parameter
  let hiddenBias: Parameter
  let visibleBias: Parameter

  init(_ visible: Int, _ hidden: Int) {
    weight = Parameter([hidden, visible], initialiser: .normal(deviation: 0.1))
    hiddenBias = Parameter([hidden])
    visibleBias = Parameter([visible])
  }

  func scores(_ v: Tensor) -> Tensor { v.matmul(weight.value.transposed()) + hiddenBias.value }

  /// The free energy F(v) = -a.v - sum_j log(1 + exp(b_j + W_j.v)).
  func energy(_ v: Tensor) -> Tensor {
    -(v * visibleBias.value).sum(axis: 1) - softplus(scores(v)).sum(axis: 1)
  }

  /// Contrastive divergence: the gradient of F(data) - F(dream) with the dream held fixed.
  func divergence(_ v: Tensor) -> Tensor {
    let h = randomBernoulli(sigmoid(scores(v)))
    let dream = sigmoid(h.matmul(weight.value) + visibleBias.value).stopGradient()
    return (energy(v) - energy(dream)).mean()
  }
}

struct Stack: Module {
  let first = Machine(64, 128)
  let second = Machine(128, 128)
  let output = Dense(128, 10)

  func features(_ x: Tensor) -> Tensor { sigmoid(first.scores(x)) }

  func callAsFunction(_ x: Tensor) -> Tensor { output(sigmoid(second.scores(features(x)))) }
}

let (stack, plain) = (Stack(), Stack())
let model = Model("dbn", ["stack": stack, "plain": plain])

let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8])

func pixels(_ batch: Batch) -> Tensor { batch.image.cast(to: .f32).flattened(from: 1) / 16 }

model.phase("first", on: digits, batch: 64, epochs: 20) { batch in
  let loss = stack.first.divergence(pixels(batch))
  SGD(rate: 0.05, momentum: 0.5).minimize(loss, stack.first.parameters)
  return ["divergence": loss]
}

model.phase("second", on: digits, batch: 64, epochs: 20) { batch in
  let loss = stack.second.divergence(stack.features(pixels(batch)).stopGradient())
  SGD(rate: 0.05, momentum: 0.5).minimize(loss, stack.second.parameters)
  return ["divergence": loss]
}

// 180 examples with labels; 1617 are held out.
model.phase("labels", on: digits, batch: 60, epochs: 60, validation: 0.9) { batch in
  let x = pixels(batch)
  let (a, b) = (stack(x), plain(x))
  let loss = crossEntropy(a, batch.label) + crossEntropy(b, batch.label)
  Adam(rate: 2e-3).minimize(loss, stack.parameters + plain.parameters, unused: .skip)
  return [
    "loss": loss, "accuracy": accuracy(a, batch.label), "plain": accuracy(b, batch.label),
  ]
}

// The first hidden units: what they look for.
model.every(epochs: 60, "filters", .image(columns: 16)) {
  let filters = sigmoid(stack.first.weight.value * 2).reshaped([128, 1, 8, 8])
  return ["image": filters.resized(by: [4.0, 4.0], mode: .nearest)]
}
