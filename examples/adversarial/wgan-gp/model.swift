// Wasserstein's distance with a price for slopes that are not 1 (WGAN-GP, Gulrajani et al., 2017),
// beside the clamped weights of the first form (Arjovsky et al., 2017), on the paper's swiss roll.

import GraphKit

struct Pair: Module {
  let generator = Sequential {
    Dense(2, 64); ReLU(); Dense(64, 64); ReLU(); Dense(64, 64); ReLU(); Dense(64, 2)
  }
  let critic = Sequential {
    Dense(2, 64); ReLU(); Dense(64, 64); ReLU(); Dense(64, 64); ReLU(); Dense(64, 1)
  }

  func points(_ count: Int) -> Tensor { generator(randomNormal([count, 2])) }
}

let (priced, clamped) = (Pair(), Pair())
let model = Model("wgan_gp", ["priced": priced, "clamped": clamped])

/// The swiss roll with noise of 0.25, divided by 7.5.
func swissRoll(_ count: Int) -> Tensor {
  let angle = 1.5 * Double.pi * (1 + 2 * randomUniform([count]))
  let points = stack([angle * cos(angle), angle * sin(angle)], axis: 1)
  return (points + randomNormal([count, 2], deviation: 0.25)) / 7.5
}

/// The slopes of a critic at points between real and false ones, |df/dx|.
func slopes(_ critic: Sequential, _ real: Tensor, _ fake: Tensor) -> Tensor {
  let share = randomUniform([real.shape[0], 1])
  let between = share * real + (1 - share) * fake
  let slope = gradient(of: critic(between).sum(), by: between)
  return sqrt((slope * slope).sum(axis: 1) + 1e-12)
}

/// Five steps of the critic and one of the generator; the estimate of the distance.
func play(_ pair: Pair, price: Double?) -> Tensor {
  let adam = Adam(rate: .linear(from: 7e-4), beta1: 0.5, beta2: 0.9)
  let (critic, count) = (pair.critic, 128)
  let distance = scan([zeros([])], steps: 5) { _ in
    let (real, fake) = (swissRoll(count), pair.points(count).stopGradient())
    let distance = critic(real).mean() - critic(fake).mean()
    if let price {
      let excess = slopes(critic, real, fake) - 1
      adam.minimize(price * (excess * excess).mean() - distance, critic.parameters)
    } else {
      RMSProp(rate: 5e-4).minimize(-distance, critic.parameters)
      for weight in critic.parameters { weight.assign(clamp(weight.value, -0.1...0.1)) }
    }
    return ([distance], [])
  }.carries[0]
  let optimizer: any Optimizer = price == nil ? RMSProp(rate: 5e-4) : adam
  optimizer.minimize(-critic(pair.points(count)).mean(), pair.generator.parameters)
  return distance
}

/// The distance of two sets in the plane: the mean over 32 directions of Wasserstein's distance
/// along each, which sorting gives.
func sliced(_ a: Tensor, _ b: Tensor) -> Tensor {
  let angle = range(32).cast(to: .f32) / 32 * Double.pi
  let directions = stack([cos(angle), sin(angle)])
  let lines = [a, b].map { $0.matmul(directions).sorted(axis: 0).values }
  return abs(lines[0] - lines[1]).mean()
}

model.train(epochs: 8, steps: 400, evaluation: 4) {
  ["priced": play(priced, price: 0.1), "clamped": play(clamped, price: nil)]
} evaluate: {
  let count = 2000
  let real = swissRoll(count)
  return [
    "priced": sliced(real, priced.points(count)), "clamped": sliced(real, clamped.points(count)),
    "floor": sliced(real, swissRoll(count)),
    "priced_slope": slopes(priced.critic, real, priced.points(count)).mean(),
    "clamped_slope": slopes(clamped.critic, real, clamped.points(count)).mean(),
  ]
}

/// Points counted in 96 x 96 cells.
func density(_ points: Tensor) -> Tensor {
  let cell = clamp(floor((points / 4.4 + 0.5) * 96), 0...95).cast(to: .i32)
  let count = ((95 - cell[.all, 1]) * 96 + cell[.all, 0]).binCount(96 * 96)
  return minimum(count.cast(to: .f32) / 8, 1).reshaped([1, 1, 96, 96])
}

// Data, clamped weights, price.
model.every(epochs: 8, "points", .image(columns: 3)) {
  let sets = [swissRoll(5000), clamped.points(5000), priced.points(5000)]
  return ["image": concatenate(sets.map(density))]
}
