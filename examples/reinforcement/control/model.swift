// Reinforcement learning: environments in the graph, equal to gymnasium's, and what learns in them:
// a Q-network with replay and target network, REINFORCE, also of an LSTM, and PPO.

import GraphKit

/// A game of any number of agents at once, each in a row of the state.
protocol Environment {
  var size: Int { get }  // numbers in a state
  var actions: Int { get }
  var limit: Int { get }  // steps of an episode at most

  func start(_ agents: Int) -> Tensor
  func step(_ state: Tensor, _ action: Tensor) -> (state: Tensor, reward: Tensor, done: Tensor)
  /// What an agent sees of a state.
  func seen(_ state: Tensor) -> Tensor
}

extension Environment {
  func seen(_ state: Tensor) -> Tensor { state }

  /// The mean return of 100 episodes.
  func play(_ policy: @escaping (Tensor) -> Tensor) -> Tensor {
    scan([start(100), zeros([100]), ones([100])], steps: limit) { step in
      let (state, sum, runs) = (step.carries[0], step.carries[1], step.carries[2])
      let (next, reward, done) = self.step(state, policy(seen(state)))
      return ([next, sum + runs * reward, select(done, 0, runs)], [])
    }.carries[1].mean()
  }
}

// MARK: Environments

/// A pole on a cart, pushed left or right (Barto, Sutton and Anderson 1983).
struct CartPole: Environment {
  let size = 4, actions = 2, limit = 500

  func start(_ agents: Int) -> Tensor { randomUniform([agents, size], -0.05...0.05) }

  func step(_ state: Tensor, _ action: Tensor) -> (state: Tensor, reward: Tensor, done: Tensor) {
    let parts = state.unstacked(axis: 1)
    let (x, speed, angle, turn) = (parts[0], parts[1], parts[2], parts[3])
    let (sine, cosine) = (sin(angle), cos(angle))
    let push = (action.cast(to: .f32) * 20 - 10 + turn * turn * sine * 0.05) / 1.1
    let turning =
      (sine * 9.8 - cosine * push) / (0.5 * (4.0 / 3 - cosine * cosine * 0.1 / 1.1))
    let speeding = push - turning * cosine * 0.05 / 1.1
    let next = stack(
      [x + speed * 0.02, speed + speeding * 0.02, angle + turn * 0.02, turn + turning * 0.02],
      axis: 1)
    let falls = abs(next[.all, 2]) .> 12 * Double.pi / 180
    return (next, ones(like: x), falls .|| (abs(next[.all, 0]) .> 2.4))
  }
}

/// The same for an agent that sees places, not velocities.
struct HiddenCartPole: Environment {
  let pole = CartPole()
  let size = 4, actions = 2, limit = 500

  func start(_ agents: Int) -> Tensor { pole.start(agents) }
  func step(_ state: Tensor, _ action: Tensor) -> (state: Tensor, reward: Tensor, done: Tensor) {
    pole.step(state, action)
  }
  func seen(_ state: Tensor) -> Tensor { state[.all, .slice(step: 2)] }
}

/// Two links, of which the joint between is driven: the end must swing above a line (Sutton 1996).
struct Acrobot: Environment {
  let size = 4, actions = 3, limit = 500

  func start(_ agents: Int) -> Tensor { randomUniform([agents, size], -0.1...0.1) }

  func slope(_ state: Tensor, _ torque: Tensor) -> Tensor {
    let parts = state.unstacked(axis: 1)
    let (a, b, da, db) = (parts[0], parts[1], parts[2], parts[3])
    let half = Double.pi / 2
    let d1 = 3.5 + cos(b)
    let d2 = 1.25 + 0.5 * cos(b)
    let phi2 = 4.9 * cos(a + b - half)
    let phi1 = -0.5 * db * db * sin(b) - db * da * sin(b) + 14.7 * cos(a - half) + phi2
    let ddb =
      (torque + d2 / d1 * phi1 - 0.5 * da * da * sin(b) - phi2) / (1.25 - d2 * d2 / d1)
    return stack([da, db, -(d2 * ddb + phi1) / d1, ddb], axis: 1)
  }

  func step(_ state: Tensor, _ action: Tensor) -> (state: Tensor, reward: Tensor, done: Tensor) {
    let torque = action.cast(to: .f32) - 1
    // Runge and Kutta's method of order 4.
    let k1 = slope(state, torque)
    let k2 = slope(state + k1 * 0.1, torque)
    let k3 = slope(state + k2 * 0.1, torque)
    let k4 = slope(state + k3 * 0.2, torque)
    let moved = state + (k1 + 2 * k2 + 2 * k3 + k4) * (0.2 / 6)
    let angles = (moved[.all, ..<2] + Double.pi) % (2 * Double.pi) - Double.pi
    let most = Tensor([4 * Double.pi, 9 * Double.pi])
    let next = concatenate([angles, minimum(maximum(moved[.all, 2...], -most), most)], axis: 1)
    let (a, b) = (next[.all, 0], next[.all, 1])
    let done = -cos(a) - cos(a + b) .> 1
    return (next, select(done, 0, full([state.shape[0]], -1)), done)
  }

  func seen(_ state: Tensor) -> Tensor {
    let angles = state[.all, ..<2]
    return concatenate([cos(angles), sin(angles), state[.all, 2...] / 8], axis: 1)
  }
}

/// A car that is too weak for the hill and must swing (Moore 1990).
struct MountainCar: Environment {
  let size = 2, actions = 3, limit = 200

  func start(_ agents: Int) -> Tensor {
    stack([randomUniform([agents], -0.6 ... -0.4), zeros([agents])], axis: 1)
  }

  func step(_ state: Tensor, _ action: Tensor) -> (state: Tensor, reward: Tensor, done: Tensor) {
    let (x, speed) = (state[.all, 0], state[.all, 1])
    let push = (action.cast(to: .f32) - 1) * 0.001
    let faster = clamp(speed + (push - 0.0025 * cos(3 * x)), -0.07...0.07)
    let next = clamp(x + faster, -1.2...0.6)
    let stopped = select((next .<= -1.2) .&& (faster .< 0), 0, faster)
    let done = (next .>= 0.5) .&& (stopped .>= 0)
    return (stack([next, stopped], axis: 1), full([x.shape[0]], -1), done)
  }

  func seen(_ state: Tensor) -> Tensor { state * Tensor([2, 20]) + Tensor([1, 0]) }
}

/// A ball falls slantwise over 10 x 10 pixels and bounces off the sides; a paddle of three pixels
/// must be where it lands. The state is row, column, column before and paddle; two frames are seen.
struct Catch: Environment {
  let size = 4, actions = 3, limit = 9

  func start(_ agents: Int) -> Tensor {
    let column = randomIntegers([agents], 1..<9).cast(to: .f32)
    let before = column + randomBool([agents], probability: 0.5).cast(to: .f32) * 2 - 1
    return stack([zeros([agents]), column, before, full([agents], 5)], axis: 1)
  }

  func step(_ state: Tensor, _ action: Tensor) -> (state: Tensor, reward: Tensor, done: Tensor) {
    let (column, before) = (state[.all, 1], state[.all, 2])
    let row = state[.all, 0] + 1
    let straight = column * 2 - before
    let next = select((straight .< 0) .|| (straight .> 9), before, straight)
    let paddle = clamp(state[.all, 3] + action.cast(to: .f32) - 1, 0...9)
    let done = row .>= 9
    let reward = select(done, select(abs(next - paddle) .< 1.5, 1, -ones(like: row)), 0)
    return (stack([row, next, column, paddle], axis: 1), reward, done)
  }

  func seen(_ state: Tensor) -> Tensor {
    let places = range(10, .f32)
    func frame(_ row: Tensor, _ column: Tensor, width: Double = 0) -> Tensor {
      let y = row.expanded(at: 1) .== places
      let x = abs(column.expanded(at: 1) - places) .<= width
      return (y.expanded(at: 2) .&& x.expanded(at: 1)).cast(to: .f32)
    }
    let (row, column, before) = (state[.all, 0], state[.all, 1], state[.all, 2])
    let paddle = frame(zeros(like: row) + 9, state[.all, 3], width: 1)
    return stack([maximum(frame(row, column), paddle), frame(row - 1, before)], axis: 1)
  }
}

// MARK: A Q-network

/// Q-learning by a network (Mnih et al. 2015): it learns from remembered steps, towards the values
/// of an older copy of itself.
struct DeepQ: Module {
  let environment: any Environment
  let agents = 8
  let memory = 50_000
  let network, target: Sequential
  let clock = Parameter.cache([], .i32)
  let state, time: Parameter
  let states, nexts, taken, rewards, ends: Parameter

  init(_ environment: any Environment, _ make: () -> Sequential) {
    self.environment = environment
    (network, target) = (make(), make())
    let size = environment.size
    state = .cache([agents, size], initialiser: Initialiser { _ in environment.start(8) })
    time = .cache([agents])
    (states, nexts) = (.cache([memory, size]), .cache([memory, size]))
    (taken, rewards, ends) = (.cache([memory], .i32), .cache([memory]), .cache([memory]))
  }

  func act(_ seen: Tensor) -> Tensor { network(seen).argmax() }

  /// One step of all agents, which act by chance with a probability that falls from 1 to 0.04 in
  /// `exploration` steps; then some updates. Every `copy` steps the target becomes the network.
  func train(
    _ optimizer: Adam, updates: Int = 4, batch: Int = 64, discount: Double = 0.99, copy: Int = 32,
    exploration: Double
  ) -> Outputs {
    let step = clock.value
    clock.assign(step + 1)
    let chance = maximum(1 - step.cast(to: .f32) / exploration, 0.04)
    let any = randomIntegers([agents], 0..<environment.actions)
    let explores = randomUniform([agents]) .< chance
    let action = select(explores, any, act(environment.seen(state.value)))
    let (next, reward, done) = environment.step(state.value, action)
    remember([state.value, next, action, reward, done.cast(to: .f32)], at: step * agents % memory)
    // An episode also ends at its limit, but that is not its state's fault: no `done`.
    let over = done .|| (time.value + 1 .>= Double(environment.limit))
    state.assign(select(over.expanded(at: 1), environment.start(agents), next))
    time.assign(select(over, 0, time.value + 1))

    let count = minimum((step + 1) * agents, memory).cast(to: .f32)
    let loss = scan([zeros([])], steps: updates) { _ in
      let rows = (randomUniform([batch]) * count).cast(to: .i32)
      let best = target(environment.seen(nexts.value.gather(rows))).max(axis: 1)
      let goal = rewards.value.gather(rows) + (1 - ends.value.gather(rows)) * best * discount
      let values = network(environment.seen(states.value.gather(rows)))
      let value = values.takeAlongAxis(taken.value.gather(rows).expanded(at: 1)).squeezed(1)
      let loss = huber(value, goal.stopGradient())
      optimizer.minimize(loss, network.parameters)
      return ([loss], [])
    }.carries[0]
    let isTime = step % copy .== 0
    for (old, new) in zip(target.parameters, network.parameters) {
      old.assign(select(isTime, new.value, old.value))
    }
    return ["loss": loss]
  }

  private func remember(_ values: [Tensor], at row: Tensor) {
    for (cache, value) in zip([states, nexts, taken, rewards, ends], values) {
      let place = [row] + Array(repeating: Tensor(0, .i32), count: value.rank - 1)
      cache.assign(cache.value.dynamicUpdate(value, from: place))
    }
  }

  func evaluate() -> Outputs {
    let mean = environment.play(act)
    return ["loss": -mean, "return": mean]
  }
}

// MARK: Policy gradients

/// A policy that may remember: the logits of actions, and the next state of its memory.
protocol Policy: Module {
  var memory: [Int] { get }
  func callAsFunction(_ seen: Tensor, _ memory: [Tensor]) -> (logits: Tensor, memory: [Tensor])
}

struct Reactive: Policy {
  let net: Sequential
  let memory: [Int] = []

  func callAsFunction(_ seen: Tensor, _ memory: [Tensor]) -> (logits: Tensor, memory: [Tensor]) {
    (net(seen), [])
  }
}

struct Remembering: Policy {
  let cell: LSTMCell
  let output: Dense
  let memory = [32, 32]

  func callAsFunction(_ seen: Tensor, _ memory: [Tensor]) -> (logits: Tensor, memory: [Tensor]) {
    let next = cell(seen, state: (memory[0], memory[1]))
    return (output(next.hidden), [next.hidden, next.cell])
  }
}

/// Williams' REINFORCE (1992): whole episodes, and the gradient of sum_t log p(a_t) (R_t - b_t),
/// where R_t is the discounted return from t on and b_t its mean over the episodes at t.
struct Reinforce: Module {
  let environment: any Environment
  let policy: any Policy
  let agents = 32

  /// Plays episodes to their end; `choose` takes logits.
  private func play(_ agents: Int, _ choose: @escaping (Tensor) -> Tensor) -> [Tensor] {
    let memory = policy.memory.map { zeros([agents, $0]) }
    return scan([environment.start(agents), ones([agents])] + memory, steps: environment.limit) {
      step in
      let (state, runs) = (step.carries[0], step.carries[1])
      let (logits, memory) = policy(environment.seen(state), Array(step.carries[2...]))
      let action = choose(logits)
      let (next, reward, done) = environment.step(state, action)
      let chance = logSoftmax(logits).takeAlongAxis(action.expanded(at: 1)).squeezed(1)
      return ([next, select(done, 0, runs)] + memory, [chance, reward * runs, runs])
    }.outputs
  }

  func train(_ optimizer: Adam, discount: Double = 0.99) -> Outputs {
    let steps = play(agents) { randomCategorical(logits: $0) }
    let (chance, reward, runs) = (steps[0], steps[1], steps[2])
    let returns = reward.linearRecurrence(full(reward.shape, discount), axis: 0, reversed: true)
    let running = maximum(runs.sum(axis: 1, keep: true), 1)
    let advantage = (returns - (returns * runs).sum(axis: 1, keep: true) / running) * runs
    let scale = sqrt((advantage * advantage).sum() / runs.sum()) + 1e-6
    let loss = -(chance * (advantage / scale).stopGradient()).sum() / runs.sum()
    optimizer.minimize(loss, policy.parameters)
    return ["loss": loss, "return": reward.sum() / Double(agents)]
  }

  func evaluate() -> Outputs {
    let mean = play(100) { $0.argmax() }[1].sum() / 100
    return ["loss": -mean, "return": mean]
  }
}

/// Proximal policy optimization (Schulman et al. 2017): some steps of all agents, then several
/// updates, which keep the ratio of new to old probabilities near 1.
struct Proximal: Module {
  let environment: any Environment
  let agents: Int
  let actor, critic: Sequential
  let state, time: Parameter

  init(_ environment: any Environment, inputs: Int, agents: Int = 8) {
    (self.environment, self.agents) = (environment, agents)
    func net(_ outputs: Int) -> Sequential {
      Sequential { Dense(inputs, 64); Tanh(); Dense(64, 64); Tanh(); Dense(64, outputs) }
    }
    (actor, critic) = (net(environment.actions), net(1))
    state = .cache(
      [agents, environment.size], initialiser: Initialiser { _ in environment.start(agents) })
    time = .cache([agents])
  }

  func act(_ seen: Tensor) -> Tensor { actor(seen).argmax() }

  private func chance(_ seen: Tensor, _ action: Tensor) -> Tensor {
    logSoftmax(actor(seen)).takeAlongAxis(action.expanded(at: 1)).squeezed(1)
  }

  func train(
    _ optimizer: Adam, steps: Int, updates: Int, discount: Double = 0.98, trace: Double = 0.8,
    clip: Tensor
  ) -> Outputs {
    let played = scan([state.value, time.value], steps: steps) { step in
      let (state, time) = (step.carries[0], step.carries[1])
      let action = randomCategorical(logits: actor(environment.seen(state)))
      let (next, reward, done) = environment.step(state, action)
      let over = done .|| (time + 1 .>= Double(environment.limit))
      let after = select(over.expanded(at: 1), environment.start(agents), next)
      let flags = [reward, done.cast(to: .f32), over.cast(to: .f32)]
      return ([after, select(over, 0, time + 1)], [state, next, action] + flags)
    }
    state.assign(played.carries[0])
    time.assign(played.carries[1])
    let flat = played.outputs.map { $0.flattened(from: 0, to: 1) }
    let (seen, action) = (environment.seen(flat[0]), flat[2])
    // Generalised advantages: A_t = delta_t + discount trace A_(t+1).
    let before = critic(seen).squeezed(1)
    let after = critic(environment.seen(flat[1])).squeezed(1)
    let delta = (flat[3] + (1 - flat[4]) * after * discount - before).reshaped([steps, agents])
    let going = 1 - played.outputs[5]
    let advantage = delta.linearRecurrence(going * (discount * trace), axis: 0, reversed: true)
      .flattened().stopGradient()
    let goal = (advantage + before).stopGradient()
    let scaled = (advantage - advantage.mean()) / (advantage.standardDeviation() + 1e-8)
    let old = chance(seen, action).stopGradient()

    let loss = scan([zeros([])], steps: updates) { _ in
      let ratio = exp(chance(seen, action) - old)
      let near = minimum(maximum(ratio, 1 - clip), 1 + clip)
      let loss =
        0.5 * mse(critic(seen).squeezed(1), goal) - minimum(ratio * scaled, near * scaled).mean()
      optimizer.minimize(loss, actor.parameters + critic.parameters)
      return ([loss], [])
    }.carries[0]
    return ["loss": loss]
  }

  func evaluate() -> Outputs {
    let mean = environment.play(act)
    return ["loss": -mean, "return": mean]
  }
}

// MARK: The phases

func perceptron(_ inputs: Int, _ outputs: Int, hidden: Int = 128) -> Sequential {
  Sequential {
    Dense(inputs, hidden); ReLU()
    Dense(hidden, hidden); ReLU()
    Dense(hidden, outputs)
  }
}

let poleQ = DeepQ(CartPole()) { perceptron(4, 2) }
let poleGradient = Reinforce(
  environment: CartPole(),
  policy: Reactive(net: Sequential { Dense(4, 32); Tanh(); Dense(32, 2) }))
let poleProximal = Proximal(CartPole(), inputs: 4)
let poleMemory = Reinforce(
  environment: HiddenCartPole(),
  policy: Remembering(cell: LSTMCell(2, 32), output: Dense(32, 2)))
let acrobotQ = DeepQ(Acrobot()) { perceptron(6, 3) }
let carQ = DeepQ(MountainCar()) { perceptron(2, 3) }
let catchQ = DeepQ(Catch()) {
  Sequential {
    Conv2D(2, 16, kernel: 3); ReLU()
    Conv2D(16, 16, kernel: 3); ReLU()
    Flatten()
    Dense(576, 64); ReLU(); Dense(64, 3)
  }
}

let model = Model(
  "control",
  [
    "pole_q": poleQ, "pole_reinforce": poleGradient, "pole_ppo": poleProximal,
    "pole_lstm": poleMemory, "acrobot_q": acrobotQ, "car_q": carQ, "catch_q": catchQ,
  ])

let best = Best.max("return")

// 50,000 steps of the environment.
model.phase("cartpole_q", epochs: 25, steps: 250, best: best) {
  let adam = Adam(rate: .polynomial(from: 1e-3, steps: 25_000), clip: .norm(10))
  return poleQ.train(adam, exploration: 1000)
} evaluate: {
  poleQ.evaluate()
}

model.phase("cartpole_reinforce", epochs: 15, steps: 10, best: best) {
  poleGradient.train(Adam(rate: 1e-2))
} evaluate: {
  poleGradient.evaluate()
}

// 100,000 steps: 400 rollouts of 32 steps of 8 agents.
model.phase("cartpole_ppo", epochs: 20, steps: 20, best: best) {
  let adam = Adam(rate: .polynomial(from: 1e-3, steps: 8000), clip: .norm(0.5))
  return poleProximal.train(adam, steps: 32, updates: 20, clip: Tensor(0.2))
} evaluate: {
  poleProximal.evaluate()
}

model.phase("cartpole_lstm", epochs: 30, steps: 10, best: best) {
  poleMemory.train(Adam(rate: 1e-2, clip: .norm(1)))
} evaluate: {
  poleMemory.evaluate()
}

model.phase("acrobot_q", epochs: 25, steps: 250, best: best) {
  let adam = Adam(rate: .polynomial(from: 1e-3, steps: 25_000), clip: .norm(10))
  return acrobotQ.train(adam, copy: 10, exploration: 1000)
} evaluate: {
  acrobotQ.evaluate()
}

// 120,000 steps.
model.phase("mountaincar_q", epochs: 30, steps: 500, best: best) {
  let adam = Adam(rate: .polynomial(from: 2e-3, steps: 60_000), clip: .norm(10))
  return carQ.train(adam, copy: 10, exploration: 3000)
} evaluate: {
  carQ.evaluate()
}

// 24,000 steps: 2,667 games.
model.phase("catch_q", epochs: 10, steps: 300, best: best) {
  let adam = Adam(rate: .polynomial(from: 1e-3, steps: 6000), clip: .norm(10))
  return catchQ.train(adam, updates: 2, copy: 10, exploration: 1000)
} evaluate: {
  catchQ.evaluate()
}

// MARK: Beside gymnasium

// One step from each of 500 states, beside the ones that gymnasium took.
func compare(_ name: String, _ environment: any Environment) {
  model.function(
    name, Input("state", [500, environment.size]), Input("action", [500], .i32),
    Input("next", [500, environment.size]), Input("reward", [500]), Input("done", [500], .i32)
  ) { state, action, next, reward, done in
    let step = environment.step(state, action)
    return [
      "difference": maximum(abs(step.state - next).max(), abs(step.reward - reward).max()),
      "wrong_ends": (step.done.cast(to: .i32) .!= done).countNonZero(),
    ]
  }
}
compare("check_cartpole", CartPole())
compare("check_acrobot", Acrobot())
compare("check_mountaincar", MountainCar())

// MARK: A film

/// Cart and pole, 48 x 96 pixels.
func drawn(_ state: Tensor) -> Tensor {
  let (height, width) = (48, 96)
  let x = ((range(width, .f32) + 0.5) / Double(width) - 0.5) * 5.2
  let y = ((0.5 - (range(height, .f32) + 0.5) / Double(height)) * 2.6 + 0.9).expanded(at: 1)
  let place = state[.all, 0].reshaped([-1, 1, 1])
  let angle = state[.all, 2].reshaped([-1, 1, 1])
  let cart = (abs(x - place) .< 0.3) .&& (abs(y) .< 0.15)
  // The distance from the pole, a line of length 1.
  let (dx, dy) = (x - place, y + zeros([1, height, width]))
  let along = clamp(dx * sin(angle) + dy * cos(angle), 0...1)
  let away = hypot(dx - along * sin(angle), dy - along * cos(angle))
  let ground = (abs(y + 0.2) .< 0.03) .&& (x .< 9)
  let white = ones([state.shape[0], height, width])
  return select(cart .|| ground, white * 0.3, select(away .< 0.06, white * 0.55, white))
}

// What PPO learned does with a pole that falls to the right, every 6th of 96 steps.
model.function("film") {
  let states = scan([Tensor([[-1, 0, 0.15, 0]])], steps: 96) { step in
    let state = step.carries[0]
    return ([CartPole().step(state, poleProximal.act(state)).state], [state])
  }.outputs[0]
  return ["film": drawn(states[.slice(step: 6), 0])]
}

// A game of catch, all ten frames.
model.function("catch_film") {
  let states = scan([Catch().start(4)], steps: 10) { step in
    let state = step.carries[0]
    return ([Catch().step(state, catchQ.act(Catch().seen(state))).state], [state])
  }.outputs[0]
  let frames = Catch().seen(states.swappedAxes(0, 1).flattened(from: 0, to: 1))[.all, 0]
  return ["film": 1 - frames.repeatedEach(4, axis: 1).repeatedEach(4, axis: 2)]
}
