// Reinforcement learning: environments in the graph, equal to gymnasium's, and what learns in them:
// a Q-network with replay and target network, REINFORCE, also of an LSTM, and PPO.

import GraphKit

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
  let adam = Adam(rate: .polynomial(from: 2.3e-3, steps: 25_000), clip: .norm(10))
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

model.phase("cartpole_lstm", epochs: 40, steps: 10, best: best) {
  poleMemory.train(Adam(rate: 5e-3, clip: .norm(1)))
} evaluate: {
  poleMemory.evaluate()
}

// 100,000 steps.
model.phase("acrobot_q", epochs: 25, steps: 500, best: best) {
  let adam = Adam(rate: .polynomial(from: 2e-3, steps: 50_000), clip: .norm(10))
  return acrobotQ.train(adam, persistence: 0.8, exploration: 2000)
} evaluate: {
  acrobotQ.evaluate()
}

// 120,000 steps. By chance, the car leaves the valley only if it keeps to its actions.
model.phase("mountaincar_q", epochs: 30, steps: 500, best: best) {
  let adam = Adam(rate: .polynomial(from: 2e-3, steps: 60_000), clip: .norm(10))
  return carQ.train(adam, persistence: 0.95, exploration: 6000)
} evaluate: {
  carQ.evaluate()
}

// 24,000 steps: 2,667 games.
model.phase("catch_q", epochs: 10, steps: 300, best: best) {
  let adam = Adam(rate: .polynomial(from: 1e-3, steps: 6000), clip: .norm(10))
  return catchQ.train(adam, updates: 2, exploration: 1000)
} evaluate: {
  catchQ.evaluate()
}

// New games by the weights of a file, as the best ones of a training.
for (name, learner) in [("cartpole", poleQ), ("acrobot", acrobotQ), ("mountaincar", carQ)] {
  model.function("play_" + name) { ["return": learner.environment.play(learner.act)] }
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
