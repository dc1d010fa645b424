// The importance-weighted bound (Burda et al., 2016): L_k = E log 1/k sum_i p(x, z_i) / q(z_i|x).
// L_1 is the ELBO, and L_k rises with k to log p(x). One net learns by L_1, one by L_50; both by
// each bound.

import GraphKit

struct Autoencoder: Module {
  let encoder = Sequential { Dense(64, 128); SiLU(); Dropout(0.2); Dense(128, 16) }
  let decoder = Sequential { Dense(8, 128); SiLU(); Dropout(0.2); Dense(128, 64) }

  /// log p(x, z_i) / q(z_i|x) for so many samples of each example: [samples, n].
  func weights(_ x: Tensor, samples: Int) -> Tensor {
    let parts = encoder(x).expanded(at: 0).broadcast(to: [samples, x.shape[0], 16])
      .chunked(2, axis: 2)
    let posterior = Normal(mean: parts[0], deviation: exp(parts[1]))
    let z = posterior.sample()
    let pixels = Bernoulli(logits: decoder(z)).logProbability(x.expanded(at: 0))
    let prior = Normal(mean: Tensor(0), deviation: Tensor(1))
    return pixels.sum(axis: 2)
      + (prior.logProbability(z) - posterior.logProbability(z)).sum(axis: 2)
  }

  /// L_k, the mean over k samples inside the logarithm.
  func bound(_ x: Tensor, _ k: Int) -> Tensor {
    importanceWeighted(weights(x, samples: k)).mean()
  }
}

let (one, fifty) = (Autoencoder(), Autoencoder())
let model = Model("iwae", ["one": one, "fifty": fifty])

let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8]])

func pixels(_ batch: Batch) -> Tensor {
  (batch.image .> 8).cast(to: .f32).flattened(from: 1)
}

model.train(on: digits, batch: 64, epochs: 60, validation: 0.2) { batch in
  let x = pixels(batch)
  let (a, b) = (one.bound(x, 1), fifty.bound(x, 50))
  let rate = Schedule.cosine(from: 3e-3, steps: 60 * 22)
  Adam(rate: rate).minimize(-a - b, one.parameters + fifty.parameters)
  return ["loss": -a - b, "one": -a, "fifty": -b]
} evaluate: { batch in
  let x = pixels(batch)
  // Nats of each net by the bounds of 1, 5 and 50 samples.
  return [
    "one_elbo": -one.bound(x, 1), "one_l5": -one.bound(x, 5), "one_l50": -one.bound(x, 50),
    "fifty_elbo": -fifty.bound(x, 1), "fifty_l5": -fifty.bound(x, 5),
    "fifty_l50": -fifty.bound(x, 50),
  ]
}
