// Maximum likelihood, entropy and the Kullback-Leibler divergence on examples of textbooks, in
// closed form and by gradient.

import GraphKit

let likeliest = Likeliest()
let model = Model("likelihood", likeliest)

func bits(_ nats: Tensor) -> Tensor { nats / log(Tensor(2)) }
func entropy(_ p: Tensor) -> Tensor { -(p * log(p)).sum() }
func divergence(_ p: Tensor, _ q: Tensor) -> Tensor { (p * log(p / q)).sum() }

// In bits. Cover and Thomas: entropies (2.1.1, 2.2.1) and divergences (2.3.1).
model.infer {
  // X in columns, Y in rows; 0 stands as a number that does not count.
  let joint = Tensor([[4, 2, 1, 1], [2, 4, 1, 1], [2, 2, 2, 2], [8, 1e-30, 1e-30, 1e-30]]) / 32
  let (x, y) = (joint.sum(axis: 0), joint.sum(axis: 1))
  let (fair, loaded) = (Tensor([0.5, 0.5]), Tensor([0.75, 0.25]))
  return [
    "entropy": bits(entropy(Tensor([0.5, 0.25, 0.125, 0.125]))),
    "entropy_x": bits(entropy(x)), "entropy_y": bits(entropy(y)),
    "joint": bits(entropy(joint)), "conditional": bits(entropy(joint) - entropy(y)),
    "mutual": bits(divergence(joint, x * y.expanded(at: 1))),
    "divergence": bits(divergence(fair, loaded)), "reverse": bits(divergence(loaded, fair)),
    // Of N(0, 1) from N(1, 2), in nats: log 2 + (1 + 1) / 8 - 1 / 2.
    "normal": Normal(mean: Tensor(0), deviation: Tensor(1)).divergence(
      from: Normal(mean: Tensor(1), deviation: Tensor(2))),
  ]
}

/// Seven heads of ten tosses; waiting times; lengths. Each estimate maximises its likelihood.
struct Likeliest: Module {
  let coin = Parameter([])  // the logit of heads
  let rate = Parameter([])  // the logarithm
  let mean = Parameter([])
  let deviation = Parameter([])  // the logarithm

  var loss: Tensor {
    let tosses = Tensor([1, 1, 0, 1, 1, 0, 1, 1, 0, 1])
    let times = Tensor([0.3, 1.2, 0.4, 2.1, 1.0])
    let lengths = Tensor([4, 6, 5, 9, 6])
    let heads = Bernoulli(logits: coin.value).logProbability(tosses).sum()
    let waiting = (rate.value - exp(rate.value) * times).sum()
    let normal = Normal(mean: mean.value, deviation: exp(deviation.value)).logProbability(lengths)
    return -(heads + waiting + normal.sum())
  }
}

// By gradient. The closed forms: 7 / 10; 5 / 5.0; the mean 6, and the root of the mean square
// about it, sqrt 2.8.
model.train(epochs: 10, steps: 200) {
  let loss = likeliest.loss
  Adam(rate: .exponential(from: 0.1, factor: 0.997)).minimize(loss, likeliest.parameters)
  return [
    "loss": loss, "coin": sigmoid(likeliest.coin.value), "rate": exp(likeliest.rate.value),
    "mean": likeliest.mean.value, "deviation": exp(likeliest.deviation.value),
  ]
}
