// Environments in the graph, equal to gymnasium's step by step.

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
