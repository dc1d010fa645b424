// Mode collapse, and a cure: eight spots on a ring and 25 on a grid, each learned by a plain
// generative adversarial network and by one with a relative loss and gradient penalties (R1 and
// R2).

import GraphKit

func perceptron(_ inputs: Int, _ outputs: Int) -> Sequential {
  Sequential {
    Dense(inputs, 64); LeakyReLU(slope: 0.2)
    Dense(64, 64); LeakyReLU(slope: 0.2)
    Dense(64, 64); LeakyReLU(slope: 0.2)
    Dense(64, 64); LeakyReLU(slope: 0.2)
    Dense(64, outputs)
  }
}

/// The same of two numbers and their waves of four lengths: a net that sees only the numbers is too
/// smooth for 25 spots.
func wavePerceptron(_ outputs: Int) -> Sequential {
  Sequential {
    Lambda { (x: Tensor) in
      let angles = (x.expanded(at: 2) * exp2(range(4).cast(to: .f32))).flattened(from: 1)
      return concatenate([x, sin(angles), cos(angles)], axis: 1)
    }
    perceptron(18, outputs)
  }
}

/// A generator of points from two random numbers, its running average, and a discriminator.
struct Pair: Module {
  let generator: Sequential
  let average: ModuleCopy<Sequential>
  let discriminator = wavePerceptron(1)

  init(_ generator: Sequential) {
    (self.generator, average) = (generator, generator.copy())
  }
}

/// Spots by their middles, and the deviation of each.
struct Spots {
  let count: Int
  let deviation: Double
  let middles: () -> Tensor

  func sample(_ count: Int) -> Tensor {
    let which = randomIntegers([count], 0..<self.count)
    return middles().gather(which) + randomNormal([count, 2], deviation: deviation)
  }

  /// How many spots have points, and which share of the points lies within 3 deviations of one.
  func counted(_ points: Tensor) -> (modes: Tensor, good: Tensor) {
    let nearest = distances(points, middles())
    let isGood = nearest.min(axis: 1) .< 3 * deviation
    let which = select(isGood, nearest.argmin(axis: 1), -1)
    let modes = (which.binCount(count) .> 0).cast(to: .f32).sum()
    return (modes, isGood.cast(to: .f32).mean())
  }
}

let ringSpots = Spots(count: 8, deviation: 0.05) {
  let angle = range(8).cast(to: .f32) * (.pi / 4)
  return 1.414 * stack([cos(angle), sin(angle)], axis: 1)
}
let gridSpots = Spots(count: 25, deviation: 0.05) {
  let number = range(25)
  return 0.707 * (stack([number / 5, number % 5], axis: 1) - 2).cast(to: .f32)
}

let (ring, grid) = (Pair(wavePerceptron(2)), Pair(wavePerceptron(2)))
let (plainRing, plainGrid) = (Pair(perceptron(2, 2)), Pair(perceptron(2, 2)))
let model = Model(
  "modes", ["ring": ring, "grid": grid, "plain_ring": plainRing, "plain_grid": plainGrid])

let (batch, epochs, steps) = (128, 10, 1800)

func noise(_ count: Int) -> Tensor { randomNormal([count, 2]) }

/// One step of the plain game: J_D = -mean log D(x) - mean log(1 - D(G(z))), J_G = -mean log
/// D(G(z)).
func play(_ pair: Pair, _ spots: Spots) -> Tensor {
  let (real, fake) = (spots.sample(batch), pair.generator(noise(batch)))
  let judge = pair.discriminator
  let loss = softplus(-judge(real)).mean() + softplus(judge(fake.stopGradient())).mean()
  // The generator learns twenty times as fast: it runs after the spot that the judge likes best.
  Adam(rate: 1e-4, beta1: 0.5).minimize(loss, judge.parameters)
  Adam(rate: 2e-3, beta1: 0.5).minimize(
    softplus(-judge(fake)).mean(), pair.generator.parameters)
  return loss
}

/// One step of the cure (Huang et al., 2024): each net compares a real point with a false one, and
/// the discriminator pays for its slopes at both. The game then comes to rest.
func playSteadily(_ pair: Pair, _ spots: Spots) -> Tensor {
  let rate = Schedule.cosine(from: 3e-3, to: 5e-5, steps: epochs * steps)
  let optimizer = Adam(rate: rate, beta1: 0, beta2: 0.99)
  let (real, fake) = (spots.sample(batch), pair.generator(noise(batch)))
  let (judge, still) = (pair.discriminator, fake.stopGradient())
  let (a, b) = (judge(real), judge(still))
  let slopes = gradient(of: a.sum() + b.sum(), by: [real, still])
  let penalty = slopes.map { ($0 * $0).sum(axis: 1).mean() }
  let loss = softplus(b - a).mean() + 0.004 * (penalty[0] + penalty[1])
  optimizer.minimize(loss, judge.parameters)
  optimizer.minimize(softplus(judge(real) - judge(fake)).mean(), pair.generator.parameters)
  pair.average.follow(pair.generator, 0.99)
  return loss
}

model.train(epochs: epochs, steps: steps) {
  let plain = [play(plainRing, ringSpots), play(plainGrid, gridSpots)]
  return [
    "ring": playSteadily(ring, ringSpots), "grid": playSteadily(grid, gridSpots),
    "plain_ring": plain[0], "plain_grid": plain[1],
  ]
} evaluate: {
  let (a, aGood) = ringSpots.counted(ring.average(noise(2500)))
  let (b, bGood) = gridSpots.counted(grid.average(noise(2500)))
  let (c, cGood) = ringSpots.counted(plainRing.generator(noise(2500)))
  let (d, dGood) = gridSpots.counted(plainGrid.generator(noise(2500)))
  return [
    "ring_modes": a, "ring_good": aGood, "grid_modes": b, "grid_good": bGood,
    "plain_ring_modes": c, "plain_ring_good": cGood,
    "plain_grid_modes": d, "plain_grid_good": dGood,
  ]
}

/// Points counted in 96 x 96 cells.
func density(_ points: Tensor) -> Tensor {
  let cell = clamp(floor((points / 4 + 0.5) * 96), 0...95).cast(to: .i32)
  let count = ((95 - cell[.all, 1]) * 96 + cell[.all, 0]).binCount(96 * 96)
  return minimum(count.cast(to: .f32) / 8, 1).reshaped([1, 1, 96, 96])
}

// Ring and grid: the data, the plain game, the cure.
model.every(epochs: epochs, "points", .image(columns: 3)) {
  let points = [
    ringSpots.sample(5000), plainRing.generator(noise(5000)), ring.average(noise(5000)),
    gridSpots.sample(5000), plainGrid.generator(noise(5000)), grid.average(noise(5000)),
  ]
  return ["image": concatenate(points.map(density))]
}
