// A mixture of experts (Jacobs, Jordan, Nowlan and Hinton, 1991) tells four vowels by two numbers,
// the formants. Each expert draws straight lines, and a gate learns beside them whose turn it is.
// Forty mixtures, and forty nets with a hidden layer, learn side by side from different starts.

import GraphKit

let (starts, experts, units) = (40, 4, 6)

/// A layer for each start: from [starts, n, inputs] to [starts, n, outputs].
struct Layers: Layer {
  let weight: Parameter
  let bias: Parameter

  init(_ inputs: Int, _ outputs: Int) {
    weight = Parameter([starts, inputs, outputs], initialiser: .normal(deviation: 0.5))
    bias = Parameter([starts, 1, outputs])
  }

  func callAsFunction(_ x: Tensor) -> Tensor { x.matmul(weight.value) + bias.value }
}

/// The gate's probabilities mix those of the experts; returns logarithms, [starts, n, vowels].
struct Mixture: Layer {
  let expert = Layers(2, experts * 4)
  let gate = Layers(2, experts)

  func callAsFunction(_ x: Tensor) -> Tensor {
    let each = logSoftmax(expert(x).unflattened(2, to: [experts, 4]))
    return (each + logSoftmax(gate(x)).expanded(at: 3)).logSumExp(axis: 2)
  }
}

struct Net: Layer {
  let first = Layers(2, units)
  let second = Layers(units, 4)

  func callAsFunction(_ x: Tensor) -> Tensor { logSoftmax(second(tanh(first(x)))) }
}

/// Nets from all starts, and after how many passes each knew 88 % of the vowels.
struct Learner<Nets: Layer>: Module {
  let nets: Nets
  let rate: Double
  let passes = Parameter.statistic([starts])

  /// The mean negative log-likelihood of the right vowels, and which are right: [starts, n].
  func judged(_ x: Tensor, _ vowel: Tensor) -> (loss: Tensor, isRight: Tensor) {
    let scores = nets(x.expanded(at: 0))
    let isThis = vowel.oneHot(4).cast(to: .f32)
    return (-(scores * isThis).sum(axis: 2).mean(), (scores.argmax() .== vowel).cast(to: .f32))
  }

  /// Over those that know 88 %.
  func meanPasses() -> Tensor {
    passes.value.sum() / maximum((passes.value .> 0).cast(to: .f32).sum(), 1)
  }

  /// A step of gradient descent for each start.
  func learn(_ x: Tensor, _ vowel: Tensor) -> Tensor {
    let (loss, isRight) = judged(x, vowel)
    let isFirst = (isRight.mean(axis: 1) .>= 0.88) .&& (passes.value .== 0)
    passes.assign(select(isFirst, model.epoch.cast(to: .f32) + 1, passes.value))
    SGD(rate: rate).minimize(loss * Double(starts), nets.parameters)
    return loss
  }
}

// Of the rates 0.5, 2 and 5 those with which they are fastest.
let mixture = Learner(nets: Mixture(), rate: 5)
let net = Learner(nets: Net(), rate: 0.5)
let model = Model("vowels", ["mixture": mixture, "net": net])

// Those of heed, hid, hod and hud, with the number of each among the ten of the table.
let four = [0, 1, 4, 8]
let vowels = DataSet(
  "../../data/vowels", fields: ["formant": .i16[4], "vowel": .u8]
).where("vowel", in: four)

/// The first two formants, around 0, and the vowels from 0 to 3.
func examples(_ batch: Batch) -> (x: Tensor, vowel: Tensor) {
  let formants = batch["formant"].cast(to: .f32)[.all, 1...2]
  let isThis = batch["vowel"].expanded(at: 1).cast(to: .i32) .== Tensor(four.map(Double.init), .i32)
  return (formants / Tensor([250.0, 650]) - Tensor([2.3, 2.8]), isThis.cast(to: .i32).argmax())
}

model.train(on: vowels, batch: 408, epochs: 300, best: .max("mixture")) { batch in
  let (x, vowel) = examples(batch)
  return [
    "loss": mixture.learn(x, vowel), "net_loss": net.learn(x, vowel),
    "passes": mixture.meanPasses(), "net_passes": net.meanPasses(),
  ]
} evaluate: { batch in
  let (x, vowel) = examples(batch)
  let (loss, isRight) = mixture.judged(x, vowel)
  return [
    "loss": loss, "mixture": isRight.mean(), "net": net.judged(x, vowel).isRight.mean(),
  ]
}
