// One task, twelve schedules of the learning rate: a small net learns digits from the same start
// with each. A weight whose slope is always -1 rises by the rate in a step, and so measures it.

import GraphKit

let epoch = 89
let steps = 20 * epoch
let runs: [(name: String, optimizer: SGD)] = [
  ("constant", SGD(rate: .constant(0.5))),
  ("stairs", SGD(rate: .step(from: 0.5, every: 5 * epoch, factor: 0.3))),
  // Multiplied by one factor at chosen counts of updates, or any rates from these on.
  ("piecewise", SGD(rate: .piecewise(from: 0.5, at: [10 * epoch, 15 * epoch], factor: 0.1))),
  ("free", SGD(rate: .piecewise([(0, 0.5), (500, 0.1)]))),
  ("exponential", SGD(rate: .exponential(from: 0.5, factor: 0.998))),
  // r / (1 + t / s), slower than exponential.
  ("power", SGD(rate: .power(from: 0.5, exponent: -1, scale: 200))),
  ("linear", SGD(rate: .linear(from: 0.5))),
  ("polynomial", SGD(rate: .polynomial(from: 0.5, steps: steps, power: 2))),
  ("cosine", SGD(rate: .cosine(from: 0.5, steps: steps))),
  ("warm_up", SGD(rate: .cosine(from: 0.5, steps: 18 * epoch).warmUp(2 * epoch, from: 0))),
  // Up from 0.02 for three tenths of the training, then down to nearly 0.
  ("one_cycle", SGD(rate: .oneCycle(peak: 0.5))),
  // By performance: divided by 5 if the held-out loss does not fall for two epochs.
  (
    "performance",
    SGD(rate: .reduceOnPlateau(from: 0.5, metric: "performance", factor: 0.2, patience: 1))
  ),
]

struct Net: Module {
  let layers = Sequential {
    Dense(64, 32); ReLU()
    Dense(32, 10)
  }
  let meter = Parameter([])
}

struct Nets: Module {
  let nets = runs.map { _ in Net() }
  /// The rate of each tenth step.
  let history = Parameter.statistic([runs.count, steps / 10])
}

let all = Nets()
let model = Model("schedules", all)
let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8])

/// The losses of all nets, with their mean before them.
func losses(_ batch: Batch) -> (each: [Tensor], outputs: Outputs) {
  let x = batch.image.flattened(from: 1).cast(to: .f32) / 16
  let each = all.nets.map { crossEntropy($0.layers(x), batch.label) }
  var outputs: Outputs = ["loss": stack(each).mean()]
  for (run, loss) in zip(runs, each) { outputs.append(run.name, loss) }
  return (each, outputs)
}

model.train(on: digits, batch: 16, epochs: 20, validation: 0.2) { batch in
  // All begin where the first one does.
  for net in all.nets.dropFirst() {
    for (weight, start) in zip(net.layers.parameters, all.nets[0].layers.parameters) {
      weight.value = select(model.steps .== 0, start.value, weight.value)
    }
  }
  var (each, outputs) = losses(batch)
  for ((run, net), loss) in zip(zip(runs, all.nets), each) {
    net.meter.value = Tensor(0)
    run.optimizer.minimize(loss - net.meter.value, net.parameters)
    outputs.append("\(run.name)_rate", net.meter.value)
  }
  let rates = stack(all.nets.map(\.meter.value)).expanded(at: 1)
  let isNow = range(steps / 10) .== model.steps / 10
  all.history.value = select(isNow, rates, all.history.value)
  return outputs
} evaluate: { batch in losses(batch).outputs }

// A panel for each schedule, in the order above: its rates, from 0 to 0.5.
model.every(epochs: 20, "curves", .image(columns: 4)) {
  let height = 80
  let line = 0.52 * (1 - range(height, .f32) / height).expanded(at: 1)
  let isBelow = line .<= all.history.value.expanded(at: 1)
  return ["image": select(isBelow, 0.45, 1).expanded(at: 1)]
}
