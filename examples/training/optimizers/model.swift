// One task, twelve optimizers: a small net learns digits from the same start with each, two of
// them in the form of textbooks, which differs from that of the libraries.

import GraphKit

/// RMSProp of the textbooks: epsilon stands inside the root, and beta is 0.9.
final class TextbookRMSProp: Optimizer {
  let options: OptimizerOptions

  init(rate: Double) { options = OptimizerOptions(rate: rate) }

  func updated(_ parameter: Tensor, gradient: Tensor, _ step: OptimizerStep) -> Tensor {
    let s = 0.9 * step.memory("s") + 0.1 * gradient * gradient
    step.remember("s", s)
    return parameter - step.rate / sqrt(s + 1e-8) * gradient
  }
}

/// Adam of the textbooks: no correction of the bias, so that the first step is
/// 0.1 g / sqrt(0.001 g^2), 3.162 times the rate.
final class TextbookAdam: Optimizer {
  let options: OptimizerOptions

  init(rate: Double) { options = OptimizerOptions(rate: rate) }

  func updated(_ parameter: Tensor, gradient: Tensor, _ step: OptimizerStep) -> Tensor {
    let m = 0.9 * step.memory("m") + 0.1 * gradient
    let v = 0.999 * step.memory("v") + 0.001 * gradient * gradient
    step.remember("m", m)
    step.remember("v", v)
    return parameter - step.rate * m / sqrt(v + 1e-8)
  }
}

let racers: [(name: String, optimizer: any Optimizer, rate: Double)] = [
  ("sgd", SGD(rate: 0.2), 0.2),
  ("momentum", SGD(rate: 0.1, momentum: 0.9), 0.1),
  ("nesterov", SGD(rate: 0.1, momentum: 0.9, nesterov: true), 0.1),
  ("adagrad", Adagrad(rate: 0.03), 0.03),
  ("rmsprop", RMSProp(rate: 3e-3), 3e-3),
  ("centered_rmsprop", RMSProp(rate: 3e-3, centered: true), 3e-3),
  ("textbook_rmsprop", TextbookRMSProp(rate: 3e-3), 3e-3),
  ("adam", Adam(rate: 5e-3), 5e-3),
  ("amsgrad", Adam(rate: 5e-3, amsgrad: true), 5e-3),
  ("textbook_adam", TextbookAdam(rate: 5e-3), 5e-3),
  ("adamw", AdamW(rate: 5e-3), 5e-3),
  ("lion", Lion(rate: 1e-3), 1e-3),
]

let epochs = 20
/// Batches of an epoch.
let length = 22

/// Those whose first steps are shown.
let forms = ["rmsprop", "textbook_rmsprop", "adam", "textbook_adam"]

struct Race: Module {
  let nets = racers.map { _ in
    Sequential {
      Dense(64, 32); ReLU()
      Dense(32, 10)
    }
  }
  /// The largest change of a weight in the first step, in units of the rate.
  let firstStep = Parameter.statistic([racers.count])
  /// The mean loss of each epoch.
  let history = Parameter.statistic([racers.count, epochs])
}

let race = Race()
let model = Model("optimizers", race)
let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8])

model.train(on: digits, batch: 64, epochs: epochs, validation: 0.2) { batch in
  let x = batch.image.flattened(from: 1).cast(to: .f32) / 16
  let isFirst = model.steps .== 0

  // All begin where the first one does.
  for net in race.nets.dropFirst() {
    for (weight, start) in zip(net.parameters, race.nets[0].parameters) {
      weight.value = select(isFirst, start.value, weight.value)
    }
  }

  var losses: [Tensor] = []
  for (i, (racer, net)) in zip(racers, race.nets).enumerated() {
    let loss = crossEntropy(net(x), batch.label)
    let before = net.parameters[0].value
    racer.optimizer.minimize(loss, net.parameters)
    let change = abs(net.parameters[0].value - before).max() / racer.rate
    race.firstStep.value[i] = select(isFirst, change, race.firstStep.value[i])
    losses.append(loss)
  }
  let isNow = (range(epochs) .== model.steps / length).cast(to: .f32)
  race.history.value += isNow * (stack(losses) / length).expanded(at: 1)
  var outputs: Outputs = ["loss": stack(losses).mean()]
  for (racer, loss) in zip(racers, losses) { outputs.append(racer.name, loss) }
  for (i, racer) in racers.enumerated() where forms.contains(racer.name) {
    outputs.append("\(racer.name)_first_step", race.firstStep.value[i])
  }
  return outputs
}

// A panel for each optimizer, in the order above: its losses, black, and those of the others, grey.
model.every(epochs: epochs, "curves", .image(columns: 4)) {
  let (height, width) = (110, 150)
  // 0 for a loss of 0.02, 1 for 3, on a logarithmic axis.
  let level = log(race.history.value * 50) / log(Tensor(150))
  let y = level.reshaped([-1, 1, 1, epochs]).resized(to: [1, width]).reshaped([-1, 1, width])
  let next = y.rolled(by: -1, axis: 2)
  let line = (range(height, .f32) / height * -1 + 1).expanded(at: 1)
  let distance = relu(abs(line - (y + next) / 2) - abs(next - y) / 2)
  let isLast = range(width) .== width - 1
  let ink = select(isLast, 0, clamp(1.5 - distance * height, 0...1))
  let all = ink.max(axis: 0) * 0.3
  return ["image": (1 - maximum(ink, all)).expanded(at: 1)]
}
