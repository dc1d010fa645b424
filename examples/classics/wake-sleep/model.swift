// The wake-sleep algorithm (Hinton, Dayan, Frey and Neal, 1995): a generative net learns bars while
// a recognition net, which guesses their causes, learns from its dreams. No error is propagated.

import GraphKit

/// One unit on top, 8 hidden and 16 visible ones. Weights from a unit to those below are
/// `generate`, those back are `recognise`.
struct Helmholtz: Module {
  let top = Parameter([1])
  let generateHidden = Parameter([1, 8])
  let hiddenBias = Parameter([8], initialiser: .constant(-1.5))
  let generate = Parameter([8, 16], initialiser: .uniform(0...0.5))
  let visibleBias = Parameter([16], initialiser: .constant(-2))
  let recognise = Parameter([16, 8], initialiser: .normal(deviation: 0.1))
  let recogniseBias = Parameter([8], initialiser: .constant(-1.5))
  let recogniseTop = Parameter([8, 1], initialiser: .normal(deviation: 0.1))
  let topBias = Parameter([1])

  /// log p of each layer given the one above it.
  func logProbability(_ t: Tensor, _ h: Tensor, _ v: Tensor) -> Tensor {
    let first = Bernoulli(logits: top.value).logProbability(t).sum(axis: -1)
    let second = Bernoulli(logits: t.matmul(generateHidden.value) + hiddenBias.value)
    let third = Bernoulli(logits: h.matmul(generate.value) + visibleBias.value)
    return first + second.logProbability(h).sum(axis: -1) + third.logProbability(v).sum(axis: -1)
  }

  /// log q of the hidden units given the visible, and of the top given the hidden ones.
  func logRecognition(_ t: Tensor, _ h: Tensor, _ v: Tensor) -> Tensor {
    let hidden = Bernoulli(logits: v.matmul(recognise.value) + recogniseBias.value)
    let above = Bernoulli(logits: h.matmul(recogniseTop.value) + topBias.value)
    return hidden.logProbability(h).sum(axis: 1) + above.logProbability(t).sum(axis: 1)
  }
}

/// All states of so many units, as rows.
func states(_ units: Int) -> Tensor {
  ((range(1 << units).expanded(at: 1) >> range(units)) & Tensor(1, .i32)).cast(to: .f32)
}

/// Four bars side by side, of which each is there with the chance 0.2; vertical ones in two cases
/// of three.
func picture(_ bars: Tensor, isVertical: Tensor) -> Tensor {
  select(isVertical, bars.tiled([1, 4]), bars.repeatedEach(4, axis: 1))
}

let net = Helmholtz()
let model = Model("wake_sleep", net)

/// KL(data, model) in bits, over all 32 ways to draw bars and all 512 states of the net.
func divergence() -> Tensor {
  let bars = states(4).tiled([2, 1])
  let isVertical = (range(32) .< 16).expanded(at: 1)
  let v = picture(bars, isVertical: isVertical)
  let chance =
    pow(Tensor(0.25), bars.sum(axis: 1)) * pow(Tensor(0.8), Tensor(4))
    * select(isVertical.squeezed(1), 2.0 / 3, Tensor(1.0 / 3))
  // Two ways to draw the same picture, as all white, count together.
  let isSame = (v.expanded(at: 1) .== v).all(axis: 2).cast(to: .f32)
  let data = (isSame * chance).sum(axis: 1)
  let (t, h) = (states(1).repeatedEach(256, axis: 0), states(8).tiled([2, 1]))
  let joint = net.logProbability(t, h, v.expanded(at: 1).broadcast(to: [32, 512, 16]))
  return (chance * (log(data) - joint.logSumExp(axis: 1))).sum() / log(Tensor(2))
}

model.train(epochs: 800, steps: 500, best: .min("bits")) {
  let isVertical = randomBool([4, 1], probability: 2.0 / 3)
  let v = picture(randomBool([4, 4], probability: 0.2).cast(to: .f32), isVertical: isVertical)
  // Awake: recognise the causes, and learn to generate what is below from them.
  let h = randomBernoulli(sigmoid(v.matmul(net.recognise.value) + net.recogniseBias.value))
  let t = randomBernoulli(sigmoid(h.matmul(net.recogniseTop.value) + net.topBias.value))
  let wake = -net.logProbability(t, h, v).mean()
  // Asleep: dream, and learn to recognise the causes of the dream.
  let dreamTop = randomBernoulli(sigmoid(net.top.value).broadcast(to: [4, 1]))
  let dreamHidden = randomBernoulli(
    sigmoid(dreamTop.matmul(net.generateHidden.value) + net.hiddenBias.value))
  let dream = randomBernoulli(
    sigmoid(dreamHidden.matmul(net.generate.value) + net.visibleBias.value))
  let sleep = -net.logRecognition(dreamTop, dreamHidden, dream).mean()
  SGD(rate: .linear(from: 0.3)).minimize(wake + sleep, net.parameters)
  // As in the paper, no hidden unit turns pixels off.
  net.generate.value = maximum(net.generate.value, 0)
  return ["loss": wake + sleep]
} evaluate: {
  ["loss": Tensor(0), "bits": divergence()]
}
