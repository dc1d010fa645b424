// Adversarial examples (Goodfellow, Shlens and Szegedy, 2015): each pixel changes by a quarter of
// its range at most, in the direction that raises the loss; and a net that learns from such
// examples.

import GraphKit

func net() -> Sequential {
  Sequential { Dense(64, 200); ReLU(); Dense(200, 200); ReLU(); Dense(200, 10) }
}

let (plain, trained) = (net(), net())
let model = Model("fooled", ["plain": plain, "trained": trained])

/// x + epsilon sign(gradient of the loss by x).
func attacked(_ net: Sequential, _ x: Tensor, _ labels: Tensor, epsilon: Double) -> Tensor {
  let slope = gradient(of: crossEntropy(net(x), labels), by: x)
  return clamp(x + epsilon * sign(slope), 0...1).stopGradient()
}

model.train(on: .digits, batch: 64, epochs: 60, validation: 0.3) { batch in
  let x = batch.image.cast(to: .f32).flattened(from: 1) / 16
  let attack = { (net: Sequential) in attacked(net, x, batch.label, epsilon: 0.25) }
  let (toPlain, toTrained) = (attack(plain), attack(trained))
  let loss = crossEntropy(plain(x), batch.label)
  let both =
    (crossEntropy(trained(x), batch.label) + crossEntropy(trained(toTrained), batch.label)) / 2
  Adam(rate: .cosine(from: 1e-3)).minimize(loss + both, plain.parameters + trained.parameters)
  func error(_ net: Sequential, _ x: Tensor) -> Tensor { 1 - accuracy(net(x), batch.label) }
  return [
    "loss": loss, "plain": error(plain, x), "plain_attacked": error(plain, toPlain),
    "trained": error(trained, x), "trained_attacked": error(trained, toTrained),
    // Noise of the same size, in random directions.
    "plain_noise": error(plain, clamp(x + 0.25 * sign(randomNormal(x.shape)), 0...1)),
  ]
}

