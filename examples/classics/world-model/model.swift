// A world model (Ha and Schmidhuber, 2018): V makes pictures small, M says what comes next from
// all that it has seen, and C, which is linear, acts on what both know. In a world of 8 x 8 pixels
// balls fall aslant into a fog; who cannot remember where they went catches few.

import GraphKit

let (latent, memory) = (8, 48)

// MARK: The world

/// Balls, which move by -1, 0 or 1 columns at each step, and paddles of two pixels: integers [n].
struct World {
  var row, column, speed, paddle: Tensor

  /// Balls at the top and paddles, anywhere.
  static func new(_ n: Int) -> World {
    World(
      row: zeros([n], .i32), column: randomIntegers([n], 0..<8),
      speed: randomIntegers([n], -1..<2), paddle: randomIntegers([n], 0..<7))
  }

  init(row: Tensor, column: Tensor, speed: Tensor, paddle: Tensor) {
    (self.row, self.column, self.speed, self.paddle) = (row, column, speed, paddle)
  }

  init(_ parts: [Tensor]) {
    self.init(row: parts[0], column: parts[1], speed: parts[2], paddle: parts[3])
  }

  var parts: [Tensor] { [row, column, speed, paddle] }

  /// Pictures [n, 64]; below the fourth row balls are not seen.
  func seen() -> Tensor {
    let ball = select(row .< 4, row * 8 + column, -1).oneHot(64)
    return (ball .|| (paddle + 56).oneHot(64) .|| (paddle + 57).oneHot(64)).cast(to: .f32)
  }

  /// The next world after actions 0, 1 and 2: left, stay, right; and 1 for a ball that is caught,
  /// -1 for one that is lost, else 0.
  func next(_ action: Tensor) -> (World, reward: Tensor) {
    let paddle = clamp(self.paddle + action - 1, 0...6)
    let isOut = (column + speed .< 0) .|| (column + speed .> 7)
    let speed = select(isOut, -self.speed, self.speed)
    let (row, column) = (self.row + 1, self.column + speed)
    let isDown = row .== 7
    let isCaught = (column .== paddle) .|| (column .== paddle + 1)
    let reward = select(isDown, select(isCaught, 1.0, full(row.shape, -1)), 0.0)
    let new = World.new(row.shape[0])
    return (
      World(
        row: select(isDown, new.row, row), column: select(isDown, new.column, column),
        speed: select(isDown, new.speed, speed), paddle: paddle), reward
    )
  }
}

// MARK: Its model

/// V: a variational autoencoder.
struct Vision: Module {
  let encoder = Sequential {
    Dense(64, 64); ReLU(); Dense(64, 2 * latent)
  }
  let decoder = Sequential {
    Dense(latent, 64); ReLU(); Dense(64, 64)
  }

  func posterior(_ x: Tensor) -> Normal {
    let parts = encoder(x).chunked(2, axis: 1)
    return Normal(mean: parts[0], deviation: exp(parts[1]))
  }
}

/// M: from a code and an action to a mixture of five next codes, and to the reward.
struct Memory: Module {
  let cell = GRUCell(latent + 3, memory)
  let code = Dense(memory, 5 * (1 + 2 * latent))
  let reward = Dense(memory, 3)

  func next(_ z: Tensor, _ action: Tensor, _ h: Tensor) -> Tensor {
    cell(concatenate([z, action.oneHot(3).cast(to: .f32)], axis: 1), state: h)
  }

  /// log p of the code that came next, [n].
  func logProbability(_ h: Tensor, _ z: Tensor) -> Tensor {
    let parts = code(h).split([5, 5 * latent, 5 * latent], axis: 1)
    let (mean, scale) = (parts[1].reshaped([-1, 5, latent]), parts[2].reshaped([-1, 5, latent]))
    let each = Normal(mean: mean, deviation: exp(scale)).logProbability(z.expanded(at: 1))
    return (logSoftmax(parts[0]) + each.sum(axis: 2)).logSumExp(axis: 1)
  }
}

let vision = Vision()
let recall = Memory()

/// C: middle and deviation of a cloud of linear controllers, of which the best are kept. One
/// kind knows codes alone.
struct Controllers: Module {
  let knowsMemory: Bool
  let middle = Parameter.statistic([latent + memory + 1, 3])
  let deviation = Parameter.statistic([latent + memory + 1, 3], initialiser: .ones)

  /// The share of balls that controllers [k, inputs, 3] catch in some games of six balls: [k].
  func played(_ weights: Tensor, games: Int) -> Tensor {
    let k = weights.shape[0]
    let n = k * games
    let start = World.new(n).parts + [zeros([n, memory]), zeros([n])]
    let end = scan(start, steps: 42) { step in
      let (world, h) = (World(Array(step.carries[..<4])), step.carries[4])
      let z = vision.posterior(world.seen()).mean
      let known = concatenate([z, knowsMemory ? h : zeros(like: h), ones([n, 1])], axis: 1)
      let scores = known.reshaped([k, games, -1]).matmul(weights).reshaped([n, 3])
      let action = scores.argmax()
      let (next, reward) = world.next(action)
      let caught = step.carries[5] + maximum(reward, 0)
      return (next.parts + [recall.next(z, action, h), caught], [])
    }.carries[5]
    return end.reshaped([k, games]).mean(axis: 1) / 6
  }

  /// The best eighth of 128 become the next middle and deviation (cross-entropy method).
  func improve() -> Tensor {
    let (m, d) = (middle.value, deviation.value)
    let tried = m + d * randomNormal([128, latent + memory + 1, 3])
    let scores = played(tried, games: 8)
    let best = tried.gather(scores.topK(16).positions)
    middle.assign(best.mean(axis: 0))
    deviation.assign(best.standardDeviation(axes: [0]) + 0.05 * (1 - model.progress))
    return scores.mean()
  }
}

let withMemory = Controllers(knowsMemory: true)
let without = Controllers(knowsMemory: false)
let model = Model(
  "world_model",
  ["vision": vision, "memory": recall, "with": withMemory, "without": without])

// MARK: Three phases

model.phase("vision", epochs: 10, steps: 400) {
  var world = World.new(64)
  world.row = randomIntegers([64], 0..<7)
  let x = world.seen()
  let posterior = vision.posterior(x)
  let error = binaryCrossEntropy(logits: vision.decoder(posterior.sample()), x, reduction: .none)
  let prior = Normal(mean: Tensor(0), deviation: Tensor(1))
  let divergence = posterior.divergence(from: prior).sum(axis: 1).mean()
  // With the whole weight of the divergence the ball, a single pixel, is not worth its price.
  let loss = error.sum(axis: 1).mean() + 0.05 * divergence
  Adam(rate: .linear(from: 5e-3)).minimize(loss, vision.parameters)
  return ["loss": loss, "divergence": divergence]
}

// Games by chance: where the paddle goes, it goes on with probability 2/3.
model.phase("memory", epochs: 10, steps: 100) {
  let n = 64
  let start = World.new(n).parts + [zeros([n, memory]), randomIntegers([n], 0..<3)]
  let sums = scan(start, steps: 28) { step in
    let (world, h) = (World(Array(step.carries[..<4])), step.carries[4])
    let other = randomIntegers([n], 0..<3)
    let action = select(randomBool([n], probability: 1 / 3), other, step.carries[5])
    let z = vision.posterior(world.seen()).mean.stopGradient()
    let (next, reward) = world.next(action)
    let state = recall.next(z, action, h)
    let nextCode = vision.posterior(next.seen()).mean.stopGradient()
    let surprise = -recall.logProbability(state, nextCode).mean()
    let kind = reward.cast(to: .i32) + 1
    return (
      next.parts + [state, action], [surprise, crossEntropy(recall.reward(state), kind)]
    )
  }.outputs
  let (code, reward) = (sums[0].mean(), sums[1].mean())
  let adam = Adam(rate: .linear(from: 5e-3), clip: .norm(1))
  adam.minimize(code + 10 * reward, recall.parameters)
  return ["loss": code + 10 * reward, "code": code, "reward": reward]
}

model.phase("controller", epochs: 10, steps: 10, best: .max("caught")) {
  ["loss": -withMemory.improve(), "without": without.improve()]
} evaluate: {
  [
    "caught": withMemory.played(withMemory.middle.value.expanded(at: 0), games: 1000).mean(),
    "without": without.played(without.middle.value.expanded(at: 0), games: 1000).mean(),
  ]
}
