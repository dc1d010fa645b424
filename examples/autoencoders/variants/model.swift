// Relatives of the variational autoencoder, beside the plain one: a conditional (Sohn et al.,
// 2015), a beta (Higgins et al., 2017) and a semi-supervised one (Kingma et al., 2014) with 24
// labels.

import GraphKit

/// An autoencoder of binary digits with 16 latent numbers; both halves may get a label.
struct VAE: Module {
  let encoder, decoder: Sequential

  init(labels: Int = 0) {
    encoder = Sequential { Dense(64 + labels, 128); SiLU(); Dropout(0.2); Dense(128, 32) }
    decoder = Sequential { Dense(16 + labels, 128); SiLU(); Dropout(0.2); Dense(128, 64) }
  }

  /// -log p(x|z) and the divergence of each latent number from N(0, 1).
  func bound(_ x: Tensor, _ label: Tensor? = nil) -> (error: Tensor, divergence: Tensor) {
    let parts = encoder(joined(x, label)).chunked(2, axis: 1)
    let posterior = Normal(mean: parts[0], deviation: exp(parts[1]))
    let pixels = Bernoulli(logits: decoder(joined(posterior.sample(), label)))
    let prior = Normal(mean: Tensor(0), deviation: Tensor(1))
    return (-pixels.logProbability(x).sum(axis: 1), posterior.divergence(from: prior))
  }

  /// The negative ELBO of each example, in nats.
  func nats(_ x: Tensor, _ label: Tensor? = nil) -> Tensor {
    let (error, divergence) = bound(x, label)
    return error + divergence.sum(axis: 1)
  }
}

func joined(_ x: Tensor, _ label: Tensor?) -> Tensor {
  label.map { concatenate([x, $0.oneHot(10).cast(to: .f32)], axis: 1) } ?? x
}

func classifier() -> Sequential {
  Sequential { Dense(64, 128); SiLU(); Dropout(0.3); Dense(128, 10) }
}

let (plain, beta, conditional) = (VAE(), VAE(), VAE(labels: 10))
let (half, guess, alone) = (VAE(labels: 10), classifier(), classifier())
let model = Model(
  "variants",
  [
    "plain": plain, "beta": beta, "conditional": conditional, "half": half, "guess": guess,
    "alone": alone,
  ])

let digits = DataSet(
  "../../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8, "known": .i8])
let labelled = digits.where("known", in: [-1]).named("labelled").batches(of: 48)

func pixels(_ batch: Batch) -> Tensor { (batch.image .> 8).cast(to: .f32).flattened(from: 1) }

/// The bound of digits without a label, E_q(y|x) [L(x, y)] - H(q(y|x)), summed over all ten.
func unlabelled(_ x: Tensor) -> Tensor {
  let count = x.shape[0]
  let each = half.nats(x.tiled([10, 1]), range(10).repeatedEach(count)).reshaped([10, count])
  let shares = Categorical(logits: guess(x))
  return (shares.probabilities * each.transposed()).sum(axis: 1) - shares.entropy
}

model.train(on: digits, with: labelled, batch: 64, epochs: 60, validation: 0.2) { batch, shown in
  let (x, label) = (pixels(batch), batch.label)
  let (error, divergence) = beta.bound(x)
  let nets = plain.parameters + beta.parameters + conditional.parameters
  let loss = plain.nats(x) + error + 2 * divergence.sum(axis: 1) + conditional.nats(x, label)
  let rate = Schedule.cosine(from: 3e-3)
  Adam(rate: rate).minimize(loss.mean(), nets)

  // L(x, y) where the label is known, U(x) where it is not, and the labels themselves.
  let few = pixels(shown)
  let known = half.nats(few, shown.label).mean() + 10 * crossEntropy(guess(few), shown.label)
  Adam(rate: rate).minimize(unlabelled(x).mean() + known, half.parameters + guess.parameters)
  Adam(rate: rate).minimize(crossEntropy(alone(few), shown.label), alone.parameters)
  return [
    "loss": loss.mean(), "half": accuracy(guess(x), label), "alone": accuracy(alone(x), label),
  ]
} evaluate: { batch in
  let (x, label) = (pixels(batch), batch.label)
  var results: Outputs = ["plain_nats": plain.nats(x).mean()]
  results.append("conditional_nats", conditional.nats(x, label).mean())
  for (name, vae) in ["plain": plain, "beta": beta] as KeyValuePairs {
    let (error, divergence) = vae.bound(x)
    results.append("\(name)_error", error.mean())
    results.append("\(name)_divergence", divergence.sum(axis: 1).mean())
    // A latent number says something if its mean divergence, over 359 digits, is above 0.05.
    results.append(
      "\(name)_active",
      .total([divergence.sum(axis: 0)]) { ($0[0] .> 0.05 * 359).cast(to: .f32).sum() })
  }
  results.append("half_accuracy", accuracy(guess(x), label))
  results.append("alone_accuracy", accuracy(alone(x), label))
  return results
}

// A row for each digit, a column for each of twelve random styles: the decoder of the conditional
// one, and that of the semi-supervised one, to which 240 labels have been shown.
model.every(epochs: 60, "digits", .image(columns: 24)) {
  let style = randomNormal([12, 16])
  let rows = [conditional, half].map {
    sigmoid($0.decoder(joined(style.tiled([10, 1]), range(10).repeatedEach(12))))
      .reshaped([10, 12, 1, 8, 8])
  }
  let images = concatenate(rows, axis: 1).reshaped([240, 1, 8, 8])
  return ["image": images.resized(by: [2.0, 2.0], mode: .nearest)]
}
