// A clockwork net (Koutník, Greff, Gomez and Schmidhuber, 2014) is a plain recurrent net whose
// units have clocks: some compute at each step, others at every second, fourth, ... 128th, and
// each sees only those that are no faster. Without any input it is to play 320 steps of a signal.

import GraphKit

let (steps, signals, size) = (320, 8, 5)
let units = 8 * size

/// Eight modules of units with the given periods, and such a net for each signal.
struct Player: Module {
  let periods: [Double]
  let rate: Double
  let start = Parameter([signals, 1, units])
  let weight = Parameter([signals, units, units], initialiser: .normal(deviation: 0.15))
  let bias = Parameter([signals, 1, units], initialiser: .normal(deviation: 0.15))
  let output = Parameter([signals, units, 1], initialiser: .normal(deviation: 0.15))

  /// What it plays, [steps, signals].
  func played() -> Tensor {
    let period = Tensor(periods, .i32).repeatedEach(size)
    let isSeen = period.expanded(at: 1) .>= period  // from a unit, a row, to another, a column
    let seen = weight.value * isSeen.cast(to: .f32)
    return scan(start.value, over: range(steps)) { h, time in
      let isOn = time % period .== 0
      let next = select(isOn, tanh(h.matmul(seen) + bias.value), h)
      return (next, next.matmul(output.value).reshaped([signals]))
    }.outputs
  }
}

/// Four sines of random phases, with periods of 8, 32, 80 and 160 steps.
struct Signals: Module {
  let phase = Parameter.statistic([signals, 4], initialiser: .uniform(0...(2 * Double.pi)))

  func callAsFunction() -> Tensor {
    let time = range(steps).reshaped([steps, 1, 1]).cast(to: .f32)
    return sin(2 * Double.pi * time / Tensor([8, 32, 80, 160]) + phase.value).sum(axis: 2)
  }
}

// With the better of the rates 1e-2 and 1e-3.
let clockwork = Player(periods: [1, 2, 4, 8, 16, 32, 64, 128], rate: 1e-2)
let plain = Player(periods: [1, 1, 1, 1, 1, 1, 1, 1], rate: 1e-3)
let played = Signals()
let model = Model("clockwork", ["clockwork": clockwork, "plain": plain, "signals": played])

/// The error as a share of the power of the signals.
func error(_ net: Player) -> Tensor { mse(net.played(), played()) / 2 }

model.train(epochs: 20, steps: 100) {
  let errors = [clockwork, plain].map { net in
    let loss = error(net)
    let adam = Adam(rate: .cosine(from: net.rate), clip: .norm(1))
    adam.minimize(loss * Double(signals), net.parameters)
    return loss
  }
  return ["loss": errors[0], "plain": errors[1]]
}

// Curves of the first signal, and of what the clockwork net and the plain one play.
model.every(epochs: 20, "played", .image(columns: 1)) {
  let level = 24 - 5 * stack([played(), clockwork.played(), plain.played()])[.all, .all, 0]
  let ends = [level[.all, ..<(-1)], level[.all, 1...]].map { $0.expanded(at: 1) }
  let row = range(48).cast(to: .f32).expanded(at: 1)
  let distance = maximum(minimum(ends[0], ends[1]) - row, row - maximum(ends[0], ends[1]))
  return ["image": clamp(distance - 0.5, 0...1).expanded(at: 1)]
}
