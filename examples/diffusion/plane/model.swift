// Denoising diffusion (Ho et al., 2020) of points in the plane, two moons and a dinosaur: 100
// steps, a net of three layers that predicts the noise and its variance (Nichol and Dhariwal,
// 2021), and the Kullback-Leibler divergence of the samples from the data.

import GraphKit

let steps = 100

/// From noisy points and the step: the noise, and where between its bounds the log-variance lies.
struct Denoiser: Module {
  let input = Dense(2 + 2 * 12 + 32, 128)
  let hidden = [Dense(128, 128), Dense(128, 128)]
  let output = Dense(128, 4)

  func callAsFunction(_ x: Tensor, _ t: Tensor) -> (noise: Tensor, share: Tensor) {
    // Waves of six lengths for each coordinate: without them the net is too smooth.
    let angles = (x.expanded(at: 2) * exp2(range(6).cast(to: .f32))).flattened(from: 1)
    let time = sinusoidalPositions(steps, 32).gather(t)
    var h = silu(input(concatenate([x, sin(angles), cos(angles), time], axis: 1)))
    for layer in hidden { h = h + silu(layer(h)) }
    let parts = output(h).chunked(2, axis: 1)
    return (parts[0], sigmoid(parts[1]))
  }
}

/// beta from 1e-4 to 0.16, the square of a line: most steps have little noise, and the product of
/// all 1 - beta, the share of the signal that is kept, falls to 0.003.
struct Betas {
  let beta, kept, lower: Tensor

  init() {
    let root = range(steps).cast(to: .f32) / Double(steps - 1) * 0.39 + 0.01
    beta = root * root
    kept = (1 - beta).cumulativeProduct(axis: 0)
    // The variance of q(x_{t-1} | x_t, x_0), the least that a step can have; the first one is 0.
    let before = concatenate([kept[1..<2], kept[..<(steps - 1)]])
    lower = beta * (1 - before) / (1 - kept)
  }

  /// The log-variance between log lower and log beta.
  func logVariance(_ share: Tensor, _ t: Tensor) -> Tensor {
    let (low, high) = (log(lower.gather(t)), log(beta.gather(t)))
    return share * high + (1 - share) * low
  }
}

/// A net with the running average of its weights, which makes better samples, and its data.
struct Chain: Module {
  let net = Denoiser()
  let average = Denoiser()

  /// The mean square error of the noise, and the divergence of a step that teaches the variance.
  func losses(_ x: Tensor) -> (simple: Tensor, bound: Tensor) {
    let schedule = Betas()
    let t = randomIntegers([x.shape[0]], 0..<steps)
    let column = { (x: Tensor) in x.gather(t).expanded(at: 1) }
    let (kept, beta) = (column(schedule.kept), column(schedule.beta))
    let noise = randomNormal(like: x)
    let (guess, share) = net(sqrt(kept) * x + sqrt(1 - kept) * noise, t)

    // KL(q(x_{t-1} | x_t, x_0), p(x_{t-1} | x_t)), in which the mean counts as a constant.
    let miss = beta * rsqrt((1 - beta) * (1 - kept)) * (noise - guess.stopGradient())
    let known = log(column(schedule.lower))
    let learned = schedule.logVariance(share, t.expanded(at: 1))
    let ratio = (exp(known) + miss * miss) * exp(-learned)
    return (mse(guess, noise), 0.5 * (learned - known + ratio - 1).mean())
  }

  /// The reverse chain, from noise to points: [steps, count, 2].
  func sampled(_ count: Int) -> Tensor {
    let schedule = Betas()
    return scan(randomNormal([count, 2]), over: range(steps), reversed: true) { x, t in
      let (noise, share) = average(x, t.broadcast(to: [count]))
      let (beta, kept) = (schedule.beta.gather(t), schedule.kept.gather(t))
      let mean = (x - beta * rsqrt(1 - kept) * noise) * rsqrt(1 - beta)
      let deviation = exp(0.5 * schedule.logVariance(share, t))
      let next = mean + select(t .> 0, deviation, 0) * randomNormal([count, 2])
      return (next, next)
    }.outputs
  }

  func follow() {
    for (slow, fast) in zip(average.parameters, net.parameters) {
      slow.assign(slow.value * 0.995 + fast.value * 0.005)
    }
  }
}

/// Two half circles with noise, as sklearn.datasets.make_moons, with mean 0 and deviation 1.
func moons(_ count: Int) -> Tensor {
  let angle = randomUniform([count], 0...Double.pi)
  let isUpper = randomBool([count], probability: 0.5)
  let x = select(isUpper, cos(angle), 1 - cos(angle))
  let y = select(isUpper, sin(angle), 0.5 - sin(angle))
  let points = stack([x, y], axis: 1) + randomNormal([count, 2], deviation: 0.03)
  return (points - Tensor([0.5, 0.25])) / Tensor([0.8665, 0.4951])
}

let (moonChain, dinoChain) = (Chain(), Chain())
/// The 384 points of the dinosaur.
struct Outline: Module { let points = Parameter.statistic([384, 2]) }
let outline = Outline()

func dinosaurs(_ count: Int) -> Tensor {
  outline.points.value.gather(randomIntegers([count], 0..<384))
    + randomNormal([count, 2], deviation: 0.03)
}

let model = Model("plane", ["moons": moonChain, "dino": dinoChain, "outline": outline])

model.prepare(on: DataSet("../../data/dino", fields: ["point": .f32[2]]), batch: 384) { batch in
  outline.points.assign(batch.point)
}

/// KL(p, q) from samples of both, by distances to the 5th neighbours (Wang et al., 2009).
func divergence(_ p: Tensor, _ q: Tensor) -> Tensor {
  let count = Double(p.shape[0])
  let own = distances(p, p).topK(6, largest: false).values[.all, 5]
  let other = distances(p, q).topK(5, largest: false).values[.all, 4]
  return 2 * (log(other) - log(own)).mean() + log(Tensor(count / (count - 1)))
}

let (epochs, length) = (10, 1000)

model.train(epochs: epochs, steps: length) {
  let (moonLoss, moonBound) = moonChain.losses(moons(256))
  let (dinoLoss, dinoBound) = dinoChain.losses(dinosaurs(256))
  let rate = Schedule.cosine(from: 2e-3, steps: epochs * length)
  Adam(rate: rate).minimize(
    moonLoss + dinoLoss + 0.01 * (moonBound + dinoBound),
    moonChain.net.parameters + dinoChain.net.parameters)
  moonChain.follow()
  dinoChain.follow()
  return ["moons": moonLoss, "dino": dinoLoss, "bound": moonBound + dinoBound]
} evaluate: {
  let count = 2000
  return [
    "kl_moons": divergence(moons(count), moonChain.sampled(count)[0]),
    "kl_dino": divergence(dinosaurs(count), dinoChain.sampled(count)[0]),
    // The floor of the estimate: two sets of data.
    "kl_floor": divergence(moons(count), moons(count)),
  ]
}

model.sample {
  ["moons": moonChain.sampled(10_000)[0], "dino": dinoChain.sampled(10_000)[0]]
}

/// Points counted in 96 x 96 cells, from -2.5 to 2.5.
func density(_ points: Tensor) -> Tensor {
  let cell = clamp(floor((points / 5 + 0.5) * 96), 0...95).cast(to: .i32)
  let count = ((95 - cell[.all, 1]) * 96 + cell[.all, 0]).binCount(96 * 96)
  return minimum(count.cast(to: .f32) / 6, 1).reshaped([1, 1, 96, 96])
}

// Both chains at five of their steps, from noise to points.
model.every(epochs: epochs, "chain", .image(columns: 5)) {
  let chains = [moonChain, dinoChain].map { $0.sampled(6000) }
  return ["image": concatenate(chains.flatMap { x in [99, 50, 25, 12, 0].map { density(x[$0]) } })]
}
