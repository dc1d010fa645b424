// Three games of a generator and a discriminator for one number, N(2, 0.5): Goodfellow's two losses
// (2014) and Wasserstein's (2017). At rest D is 1/2: J_D = 2 log 2 = 1.386, J_G = log 2 = 0.693.

import GraphKit

/// A generator that scales and shifts noise, and a discriminator; D = sigmoid(judge).
struct Game: Module {
  let deviation = Parameter([], initialiser: .ones)
  let mean = Parameter([])
  let judge = Sequential {
    Dense(1, 32); LeakyReLU(slope: 0.2)
    Dense(32, 1)
  }

  func samples() -> (real: Tensor, fake: Tensor) {
    let noise = randomNormal([256, 1])
    let real = randomNormal([256, 1], mean: 2, deviation: 0.5)
    return (real, noise * deviation.value + mean.value)
  }

  /// The mean square of the slope at real numbers: with this price the game comes to rest.
  func slope(_ real: Tensor) -> Tensor {
    let slope = gradient(of: judge(real).sum(), by: real)
    return (slope * slope).mean()
  }

  func improve(judge loss: Tensor) { SGD(rate: 0.1).minimize(loss, judge.parameters) }

  func improve(generator loss: Tensor) {
    SGD(rate: .cosine(from: 0.05, steps: 4000)).minimize(loss, [deviation, mean])
  }
}

let (vanilla, minimax, wasserstein) = (Game(), Game(), Game())
let model = Model(
  "equilibrium", ["vanilla": vanilla, "minimax": minimax, "wasserstein": wasserstein])

/// J_D = -mean log D(x) - mean log(1 - D(G(z))), J_G = -mean log D(G(z)).
func playVanilla() -> (judge: Tensor, generator: Tensor, belief: Tensor) {
  let (real, fake) = vanilla.samples()
  let (a, b) = (sigmoid(vanilla.judge(real)), sigmoid(vanilla.judge(fake)))
  let judgeLoss = -log(a).mean() - log(1 - b).mean()
  vanilla.improve(judge: judgeLoss + vanilla.slope(real))
  vanilla.improve(generator: -log(sigmoid(vanilla.judge(fake))).mean())
  return (judgeLoss, -log(b).mean(), (a.mean() + b.mean()) / 2)
}

/// min_G max_D E log D(x) + E log(1 - D(G(z))): -1.386 at rest.
func playMinimax() -> Tensor {
  let (real, fake) = minimax.samples()
  let value = { logSigmoid(minimax.judge(real)).mean() + logSigmoid(-minimax.judge(fake)).mean() }
  let before = value()
  minimax.improve(judge: minimax.slope(real) - before)
  minimax.improve(generator: value())
  return before
}

/// min_G max_D E D(x) - E D(G(z)), with weights clamped so that slopes are bounded: 0 at rest.
func playWasserstein() -> Tensor {
  let (real, fake) = wasserstein.samples()
  let distance = { wasserstein.judge(real).mean() - wasserstein.judge(fake).mean() }
  let before = distance()
  wasserstein.improve(judge: -before)
  for parameter in wasserstein.judge.parameters {
    parameter.assign(clamp(parameter.value, -0.3...0.3))
  }
  wasserstein.improve(generator: distance())
  return before
}

model.train(epochs: 10, steps: 400) {
  let (judge, generator, belief) = playVanilla()
  var results: Outputs = [
    "j_d": judge, "j_g": generator, "d": belief, "minimax": playMinimax(),
    "wasserstein": playWasserstein(),
  ]
  for (name, game) in [("vanilla", vanilla), ("minimax", minimax), ("wasserstein", wasserstein)] {
    results.append("\(name)_mean", game.mean.value)
    results.append("\(name)_deviation", abs(game.deviation.value))
  }
  return results
}
