// A variational autoencoder (Kingma and Welling, 2014) of binary digits, 64 pixels. Two of them:
// one with 16 latent numbers and a learned prior for the bound, and one with 2 and a normal prior,
// whose plane can be shown as a picture.

import GraphKit
import Zoo

struct VAE: Module {
  let encoder: Sequential
  let decoder: Sequential

  init(latent: Int) {
    encoder = Sequential {
      Dense(64, 256); SiLU(); Dropout(0.15)
      Dense(256, 256); SiLU(); Dropout(0.15)
      Dense(256, 2 * latent)
    }
    decoder = Sequential {
      Dense(latent, 256); SiLU(); Dropout(0.15)
      Dense(256, 256); SiLU(); Dropout(0.15)
      Dense(256, 64)
    }
  }

  /// q(z|x), a normal distribution for each latent number.
  func posterior(_ x: Tensor) -> Normal {
    let parts = encoder(x).chunked(2, axis: 1)
    return Normal(mean: parts[0], deviation: exp(parts[1]))
  }
}

let vae = VAE(latent: 16)
let flow = RealNVP(16)
let plane = VAE(latent: 2)
let model = Model("vae", ["vae": vae, "flow": flow, "plane": plane])

let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8]])
let (epochs, annealed) = (300, 30.0)

/// Makes images lighter or darker in training: the same digit, cut at another brightness.
let jitter = ColorJitter(brightness: 0.25)

/// log p(z) of the plane; that of the other one is learned with it.
func normal(_ z: Tensor) -> Tensor {
  Normal(mean: Tensor(0), deviation: Tensor(1)).logProbability(z).sum(axis: 1)
}

/// -log p(x|z) and log q(z|x) - log p(z), whose mean is KL(q(z|x), p(z)), of each example, in
/// nats.
func bound(
  _ vae: VAE, _ x: Tensor, prior: (Tensor) -> Tensor
) -> (error: Tensor, divergence: Tensor) {
  let posterior = vae.posterior(x)
  let z = posterior.sample()  // z = mean + deviation * epsilon: the gradient flows through it
  let error = -Bernoulli(logits: vae.decoder(z)).logProbability(x).sum(axis: 1)
  return (error, posterior.logProbability(z).sum(axis: 1) - prior(z))
}

model.train(on: digits, batch: 64, epochs: epochs, validation: 0.2, best: .min("nats")) { batch in
  let x = (jitter(batch.image) .> 8.5).cast(to: .f32).flattened(from: 1)
  // The weight of the divergence grows from 0 to 1 in the first epochs, so that no latent number
  // is given up before the decoder has learned to use it.
  let weight = minimum(model.epoch.cast(to: .f32) / annealed, 1)
  let (error, divergence) = bound(vae, x, prior: flow.logProbability)
  let (planeError, planeDivergence) = bound(plane, x, prior: normal)
  let loss = (error + planeError + weight * (divergence + planeDivergence)).mean()
  let rate = Schedule.cosine(from: 3e-3, steps: epochs * 22)
  Adam(rate: rate).minimize(loss, vae.parameters + flow.parameters + plane.parameters)
  return [
    "loss": loss, "nats": (error + divergence).mean(), "divergence": divergence.mean(),
    "plane": (planeError + planeDivergence).mean(),
  ]
}

/// Images of latent numbers, each pixel as 3 x 3.
func images(_ vae: VAE, _ z: Tensor) -> Tensor {
  let pixels = sigmoid(vae.decoder(z)).reshaped([-1, 1, 8, 8])
  return pixels.resized(by: [3.0, 3.0], mode: .nearest)
}

model.every(epochs: epochs, "samples", .image(columns: 15)) {
  ["image": images(vae, flow.decoded(randomNormal([150, 16])))]
}

// The plane of two latent numbers, from -2.2 to 2.2.
model.every(epochs: epochs, "grid", .image(columns: 15)) {
  let line = range(15).cast(to: .f32) / 7 * 2.2 - 2.2
  let (row, column) = (line.repeatedEach(15), line.tiled([15]))
  return ["image": images(plane, stack([column, row], axis: 1))]
}

// A straight line between the codes of two images, in 10 steps.
model.function(
  "interpolate", Input("from", [1, 1, 8, 8]), Input("to", [1, 1, 8, 8])
) { from, to in
  let code = { (x: Tensor) in vae.posterior((x .> 0.5).cast(to: .f32).flattened(from: 1)).mean }
  let share = (range(10).cast(to: .f32) / 9).expanded(at: 1)
  return ["image": images(vae, code(from) * (1 - share) + code(to) * share)]
}

// log p(x) by importance sampling: log mean p(x|z) p(z) / q(z|x) over 5000 samples of q.
model.function("likelihood", Input("image", [1, 1, 8, 8])) { image in
  let x = (image .> 0.5).cast(to: .f32).flattened(from: 1).broadcast(to: [5000, 64])
  let posterior = vae.posterior(x)
  let z = posterior.sample()
  let pixels = Bernoulli(logits: vae.decoder(z)).logProbability(x).sum(axis: 1)
  let ratio = flow.logProbability(z) - posterior.logProbability(z).sum(axis: 1)
  return ["nats": (pixels + ratio).logSumExp(axis: 0, keep: true) - log(Tensor(5000))]
}
