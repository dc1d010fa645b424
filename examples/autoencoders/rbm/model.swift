// A restricted Boltzmann machine learns bars by contrastive divergence, without gradients (Hinton,
// 2002). Each picture of 4 x 4 pixels is a set of bars, each of the 8 there with probability 1/4.

import GraphKit

struct Machine: Module {
  let weight = Parameter([16, 16], initialiser: .normal(deviation: 0.1))  // [hidden, visible]
  let hiddenBias = Parameter([16], initialiser: .constant(-1))
  let visibleBias = Parameter([16])

  func hidden(_ v: Tensor) -> Tensor {
    sigmoid(v.matmul(weight.value.transposed()) + hiddenBias.value)
  }

  func visible(_ h: Tensor) -> Tensor { sigmoid(h.matmul(weight.value) + visibleBias.value) }

  /// One step of CD-1: what the data say minus what the machine dreams. Returns the square of the
  /// error.
  func learn(_ v: Tensor, rate: Tensor) -> Tensor {
    let count = Double(v.shape[0])
    let h = hidden(v)
    let dream = visible(randomBernoulli(h))
    let after = hidden(dream)
    let slope = (h.transposed().matmul(v) - after.transposed().matmul(dream)) / count
    // Units that are on for about one picture in four find different bars.
    let tooFew = 0.2 - h.mean(axis: 0)
    weight.assign(weight.value + rate * (slope - 1e-3 * weight.value))
    hiddenBias.assign(hiddenBias.value + rate * ((h - after).mean(axis: 0) + tooFew))
    visibleBias.assign(visibleBias.value + rate * (v - dream).mean(axis: 0))
    return ((v - dream) * (v - dream)).mean()
  }
}

/// The eight bars, four rows and four columns: [8, 16].
func bars() -> Tensor {
  let rows = eye(4).repeatedEach(4, axis: 1)
  return concatenate([rows, eye(4).tiled([1, 4])])
}

/// How many bars a hidden unit stands for: its weights are larger inside the bar than anywhere
/// else.
func found(_ weight: Tensor) -> Tensor {
  let (w, isIn) = (weight.expanded(at: 1), bars().expanded(at: 0) .> 0)
  let least = select(isIn, w, 1e9).min(axis: 2)
  let largest = select(isIn, -1e9, w).max(axis: 2)
  return (least .> largest).any(axis: 0).cast(to: .f32).sum()
}

let machine = Machine()
let model = Model("rbm", machine)

model.train(epochs: 10, steps: 400) {
  let present = randomBool([64, 8], probability: 0.25).cast(to: .f32)
  let v = minimum(present.matmul(bars()), 1)
  let error = machine.learn(v, rate: Tensor(0.2))
  return ["error": error, "bars": found(machine.weight.value)]
}

// The weights of each hidden unit.
model.every(epochs: 10, "units", .image(columns: 8)) {
  let weights = sigmoid(machine.weight.value).reshaped([16, 1, 4, 4])
  return ["image": weights.resized(by: [8.0, 8.0], mode: .nearest)]
}
