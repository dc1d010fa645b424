// Swinging up a pendulum by a torque of any size: soft actor-critic (Haarnoja et al. 2018), with
// two critics, their slow copies and an entropy that is held at a goal.

import GraphKit

let agents = 4
let (memory, batch, limit) = (20_000, 128, 200.0)

// The environment, equal to gymnasium's Pendulum-v1: the state is angle and speed.

func start(_ count: Int) -> Tensor {
  stack([randomUniform([count], -Double.pi...Double.pi), randomUniform([count], -1...1)], axis: 1)
}

func step(_ state: Tensor, _ torque: Tensor) -> (state: Tensor, reward: Tensor) {
  let (angle, speed) = (state[.all, 0], state[.all, 1])
  let u = clamp(torque, -2...2)
  let upright = (angle + Double.pi) % (2 * Double.pi) - Double.pi
  let reward = -(upright * upright + 0.1 * speed * speed + 0.001 * u * u)
  let faster = clamp(speed + (15 * sin(angle) + 3 * u) * 0.05, -8...8)
  return (stack([angle + faster * 0.05, faster], axis: 1), reward)
}

func seen(_ state: Tensor) -> Tensor {
  let (angle, speed) = (state[.all, 0], state[.all, 1])
  return stack([cos(angle), sin(angle), speed / 8], axis: 1)
}

// The networks.

func perceptron(_ inputs: Int, _ outputs: Int) -> Sequential {
  Sequential { Dense(inputs, 64); ReLU(); Dense(64, 64); ReLU(); Dense(64, outputs) }
}

struct SoftActorCritic: Module {
  let actor = perceptron(3, 2)
  let critics = [perceptron(4, 1), perceptron(4, 1)]
  let copies = [perceptron(4, 1), perceptron(4, 1)]
  let temperature = Parameter([])  // its logarithm

  let state = Parameter.cache([agents, 2], initialiser: Initialiser { _ in start(agents) })
  let time = Parameter.cache([])
  // Rows of memory: state, torque, reward, next state.
  let rows = Parameter.cache([memory, 6])

  /// A torque, and the logarithm of its density: u = 2 tanh z with z normal.
  func draw(_ seen: Tensor) -> (torque: Tensor, chance: Tensor) {
    let out = actor(seen)
    let normal = Normal(mean: out[.all, 0], deviation: exp(clamp(out[.all, 1], -5...2)))
    let z = normal.sample()
    // log (1 - tanh^2 z) = 2 (log 2 - z - softplus(-2 z)).
    let squash = 2 * (0.6931471805599453 - z - softplus(-2 * z))
    return (2 * tanh(z), normal.logProbability(z) - squash - 0.6931471805599453)
  }

  func values(_ nets: [Sequential], _ seen: Tensor, _ torque: Tensor) -> [Tensor] {
    let inputs = concatenate([seen, torque.expanded(at: 1)], axis: 1)
    return nets.map { $0(inputs).squeezed(1) }
  }

  func act() {
    let torque = draw(seen(state.value)).torque
    let (next, reward) = step(state.value, torque)
    let row = concatenate(
      [state.value, torque.expanded(at: 1), reward.expanded(at: 1), next], axis: 1)
    let place = model.steps.cast(to: .i32) * agents % memory
    rows.assign(rows.value.dynamicUpdate(row, from: [place, Tensor(0, .i32)]))
    let over = time.value + 1 .>= limit
    state.assign(select(over, start(agents), next))
    time.assign(select(over, 0, time.value + 1))
  }

  func learn(_ optimizer: Adam) -> Tensor {
    let count = minimum((model.steps.cast(to: .i32) + 1) * agents, memory).cast(to: .f32)
    let row = rows.value.gather((randomUniform([batch]) * count).cast(to: .i32))
    let (here, there) = (seen(row[.all, ..<2]), seen(row[.all, 4...]))
    let alpha = exp(temperature.value).stopGradient()

    // The critics go towards r / 10 + 0.99 (min Q'(s', a') - alpha log p(a')).
    let (after, afterChance) = draw(there)
    let least = values(copies, there, after)
    let future = minimum(least[0], least[1]) - alpha * afterChance
    let goal = (row[.all, 3] / 10 + 0.99 * future).stopGradient()
    let now = values(critics, here, row[.all, 2])
    let loss = mse(now[0], goal) + mse(now[1], goal)
    optimizer.minimize(loss, critics.flatMap(\.parameters))

    // The actor goes towards large Q and entropy; alpha grows while the entropy is below -1.
    let (torque, chance) = draw(here)
    let both = values(critics, here, torque)
    optimizer.minimize((alpha * chance - minimum(both[0], both[1])).mean(), actor.parameters)
    let short = (chance.mean() - 1).stopGradient()
    optimizer.minimize(-temperature.value * short, [temperature])

    for (copy, critic) in zip(copies, critics) {
      for (old, new) in zip(copy.parameters, critic.parameters) {
        old.assign(old.value * 0.99 + new.value * 0.01)
      }
    }
    return loss
  }

  /// The mean return of 100 games without chance.
  func play() -> Tensor {
    scan([start(100), zeros([100])], steps: Int(limit)) { step_ in
      let torque = 2 * tanh(actor(seen(step_.carries[0]))[.all, 0])
      let (next, reward) = step(step_.carries[0], torque)
      return ([next, step_.carries[1] + reward], [])
    }.carries[1].mean()
  }
}

let net = SoftActorCritic()
let model = Model("pendulum", net)

// 20,000 steps of the environment, two updates after each four.
model.train(epochs: 20, steps: 250, best: .max("return")) {
  net.act()
  let loss = scan([zeros([])], steps: 2) { _ in
    ([net.learn(Adam(rate: 1e-3))], [])
  }.carries[0]
  return ["loss": loss]
} evaluate: {
  let mean = net.play()
  return ["loss": -mean, "return": mean]
}

// One step from each of 500 states, beside those of gymnasium.
model.function(
  "check", Input("state", [500, 2]), Input("action", [500]), Input("next", [500, 2]),
  Input("reward", [500])
) { state, action, next, reward in
  let taken = step(state, action)
  return ["difference": maximum(abs(taken.state - next).max(), abs(taken.reward - reward).max())]
}

// A game from hanging, every 8th of the first 96 steps.
model.function("film") {
  let states = scan([Tensor([[Double.pi, 0]])], steps: 96) { step_ in
    let torque = 2 * tanh(net.actor(seen(step_.carries[0]))[.all, 0])
    return ([step(step_.carries[0], torque).state], [step_.carries[0]])
  }.outputs[0]
  let angle = states[.slice(step: 8), 0, 0].reshaped([-1, 1, 1])
  let x = ((range(64, .f32) + 0.5) / 64 - 0.5) * 2.6
  let (dx, dy) = (x.reshaped([1, 1, 64]), -x.reshaped([1, 64, 1]))
  let along = clamp(dx * sin(angle) + dy * cos(angle), 0...1)
  let away = hypot(dx - along * sin(angle), dy - along * cos(angle))
  return ["film": select(away .< 0.1, zeros(like: away) + 0.4, ones(like: away))]
}
