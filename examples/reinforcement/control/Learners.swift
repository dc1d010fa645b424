// What learns in the environments: a Q-network, REINFORCE and PPO.

import GraphKit

// MARK: A Q-network

/// Q-learning by a network (Mnih et al. 2015): it learns from remembered steps, towards the values
/// of an older copy of itself.
struct DeepQ: Module {
  let environment: any Environment
  let agents = 8
  let memory = 50_000
  let network: Sequential
  let target: ModuleCopy<Sequential>
  let clock = Parameter.cache([], .i32)
  let state, time, chosen, isByChance: Parameter
  let states, nexts, taken, rewards, ends: Parameter

  init(_ environment: any Environment, _ make: () -> Sequential) {
    self.environment = environment
    network = make()
    target = network.copy()
    let size = environment.size
    state = .cache([agents, size], initialiser: Initialiser { _ in environment.start(8) })
    time = .cache([agents])
    (chosen, isByChance) = (.cache([agents], .i32), .cache([agents], .bool))
    (states, nexts) = (.cache([memory, size]), .cache([memory, size]))
    (taken, rewards, ends) = (.cache([memory], .i32), .cache([memory]), .cache([memory]))
  }

  func act(_ seen: Tensor) -> Tensor { network(seen).argmax() }

  /// One step of all agents, then some updates, which the target follows slowly. Agents act by
  /// chance with a probability that falls from 1 to 0.04 in `exploration` steps; once they do, they
  /// keep to that action with the probability `persistence` (as in Dabney et al. 2021).
  func train(
    _ optimizer: Adam, updates: Int = 4, batch: Int = 64, discount: Double = 0.99,
    persistence: Double = 0, exploration: Double
  ) -> Outputs {
    let step = clock.value
    clock.assign(step + 1)
    let chance = maximum(1 - step.cast(to: .f32) / exploration, 0.04)
    let goesOn = isByChance.value .&& (randomUniform([agents]) .< persistence)
    let any = select(goesOn, chosen.value, randomIntegers([agents], 0..<environment.actions))
    let explores = goesOn .|| (randomUniform([agents]) .< chance)
    let action = select(explores, any, act(environment.seen(state.value)))
    chosen.assign(any)
    isByChance.assign(explores)
    let (next, reward, done) = environment.step(state.value, action)
    remember([state.value, next, action, reward, done.cast(to: .f32)], at: step * agents % memory)
    // An episode also ends at its limit, but that is not its state's fault: no `done`.
    let over = done .|| (time.value + 1 .>= Double(environment.limit))
    state.assign(select(over.expanded(at: 1), environment.start(agents), next))
    time.assign(select(over, 0, time.value + 1))

    let count = minimum((step + 1) * agents, memory).cast(to: .f32)
    let loss = scan([zeros([])], steps: updates) { _ in
      let rows = (randomUniform([batch]) * count).cast(to: .i32)
      // The network chooses the best action, its older copy values it (van Hasselt et al. 2016).
      let next = environment.seen(nexts.value.gather(rows))
      let choice = network(next).argmax().expanded(at: 1)
      let best = target(next).takeAlongAxis(choice).squeezed(1)
      let goal = rewards.value.gather(rows) + (1 - ends.value.gather(rows)) * best * discount
      let values = network(environment.seen(states.value.gather(rows)))
      let value = values.takeAlongAxis(taken.value.gather(rows).expanded(at: 1)).squeezed(1)
      let loss = huber(value, goal.stopGradient())
      optimizer.minimize(loss, network.parameters)
      target.follow(network, 0.99)
      return ([loss], [])
    }.carries[0]
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
