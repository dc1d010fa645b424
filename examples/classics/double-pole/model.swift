// A cart with two poles, of which one is ten times as long (Wieland, 1991): a linear controller
// with six weights is found by the cross-entropy method. How many tries does it need?

import GraphKit

/// 100 controllers in each generation, of which the best 20 make the next.
let (people, elite, steps) = (100, 20, 1000)

struct Search: Module {
  let mean = Parameter.statistic([6])
  let deviation = Parameter.statistic([6], initialiser: .constant(10))
}

let search = Search()
let model = Model("double_pole", search)

let (gravity, cartMass) = (-9.8, 1.0)

/// A pole by half of its length, its mass and the friction of its hinge; after Wieland.
struct Pole {
  let half: Double
  let mass: Double
  let friction: Double

  func drag(_ turn: Tensor) -> Tensor { friction * turn / (mass * half) }

  /// Its force on the cart.
  func pull(_ angle: Tensor, _ turn: Tensor) -> Tensor {
    mass * half * turn * turn * sin(angle)
      + 0.75 * mass * cos(angle) * (drag(turn) + gravity * sin(angle))
  }

  /// Its part of the mass that the forces move.
  func weight(_ angle: Tensor) -> Tensor { mass * (1 - 0.75 * cos(angle) * cos(angle)) }

  /// How fast its turning changes, if the speed of the cart changes by `cart`.
  func turning(_ cart: Tensor, _ angle: Tensor, _ turn: Tensor) -> Tensor {
    -0.75 * (cart * cos(angle) + gravity * sin(angle) + drag(turn)) / half
  }
}

let long = Pole(half: 0.5, mass: 0.1, friction: 2e-6)
let short = Pole(half: 0.05, mass: 0.01, friction: 2e-6)

/// How a state [n, 6] changes: place and speed of the cart, angle and turning of both poles.
func speed(_ s: Tensor, _ force: Tensor) -> Tensor {
  let (a, turnA, b, turnB) = (s[.all, 2], s[.all, 3], s[.all, 4], s[.all, 5])
  let cart =
    (force + long.pull(a, turnA) + short.pull(b, turnB))
    / (long.weight(a) + short.weight(b) + cartMass)
  let changes = [long.turning(cart, a, turnA), short.turning(cart, b, turnB)]
  return stack([s[.all, 1], cart, turnA, changes[0], turnB, changes[1]], axis: 1)
}

/// 0.02 seconds, in two steps of the fourth order of Runge and Kutta.
func next(_ s: Tensor, _ force: Tensor) -> Tensor {
  var s = s
  for _ in 0..<2 {
    let a = speed(s, force)
    let b = speed(s + 0.005 * a, force)
    let c = speed(s + 0.005 * b, force)
    let d = speed(s + 0.01 * c, force)
    s = s + 0.01 / 6 * (a + 2 * b + 2 * c + d)
  }
  return s
}

/// How many steps each controller, a row of [n, 6], keeps the cart on the track and the poles
/// within 36 degrees; the long pole begins at 4 degrees.
func balanced(_ weights: Tensor, steps: Int) -> Tensor {
  let degree = Double.pi / 180
  let n = weights.shape[0]
  let scale = Tensor([2.4, 10, 36 * degree, 5, 36 * degree, 16])
  let limits = Tensor([2.4, 1e9, 36 * degree, 1e9, 36 * degree, 1e9])
  let start = Tensor([[0, 0, 4 * degree, 0, 0, 0]]).broadcast(to: [n, 6])
  return scan([start, ones([n])], steps: steps) { step in
    let (s, isUp) = (step.carries[0], step.carries[1])
    let force = 10 * tanh((s / scale * weights).sum(axis: 1))
    let moved = clamp(next(s, force), -100...100)
    let stays = isUp * (abs(moved) .< limits).all(axis: 1).cast(to: .f32)
    return ([moved, stays], [stays])
  }.outputs[0].sum(axis: 0)
}

model.train(epochs: 15, steps: 1) {
  let spread = search.deviation.value
  let weights = search.mean.value + spread * randomNormal([people, 6])
  let time = balanced(weights, steps: steps)
  // The longest; among those that hold out, the ones with small weights.
  let score = time - 1e-3 * weights.norm(axis: 1)
  let best = weights[score.topK(elite).positions]
  search.mean.value = best.mean(axis: 0)
  search.deviation.value = best.standardDeviation(axis: 0) + 0.5
  return [
    "mean_time": time.mean(), "best_time": time.max(),
    "solved": (time .>= Double(steps)).cast(to: .f32).mean(),
    "tries": (model.epoch.cast(to: .f32) + 1) * Double(people),
  ]
}

// The mean of the last generation for 100,000 steps, 33 minutes.
model.every(epochs: 15, "long", .printed) {
  ["steps": balanced(search.mean.value.expanded(at: 0), steps: 100_000)]
}
