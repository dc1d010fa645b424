// One task, ten schedules of the learning rate: a small net learns digits from the same start with
// each. A weight whose slope is always -1 rises by the rate at each step, and so measures it.

import GraphKit

let steps = 440
let runs: [(name: String, optimizer: SGD)] = [
  ("constant", SGD(rate: .constant(0.5))),
  ("step", SGD(rate: .step(from: 0.5, every: 110, factor: 0.5))),
  // Multiplied by one factor at chosen counts, or any values.
  ("piecewise", SGD(rate: .piecewise(from: 0.5, at: [100, 300], factor: 0.2))),
  (
    "free",
    SGD(rate: Schedule { count in select(count .< 100, 0.5, select(count .< 300, 0.2, 0.05)) })
  ),
  ("exponential", SGD(rate: .exponential(from: 0.5, factor: 0.995))),
  // r / (1 + t / s), slower than exponential.
  ("power", SGD(rate: Schedule { count in 0.5 / (1 + count / 44) })),
  ("polynomial", SGD(rate: .polynomial(from: 0.5, steps: steps, power: 2))),
  ("cosine", SGD(rate: .cosine(from: 0.5, steps: steps))),
  ("warm_up", SGD(rate: .cosine(from: 0.5, steps: steps - 40).warmUp(40, from: 0))),
  // By performance: halved if the held-out loss does not fall for two epochs.
  (
    "performance",
    SGD(rate: .reduceOnPlateau(from: 0.5, metric: "performance", factor: 0.5, patience: 1))
  ),
]

struct Net: Module {
  let layers = Sequential {
    Dense(64, 32); ReLU()
    Dense(32, 10)
  }
  let meter = Parameter([])
  let rate = Parameter.statistic([])
}

struct Nets: Module {
  let nets = runs.map { _ in Net() }
}

let all = Nets()
let model = Model("schedules", all)
let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8])

// All begin where the first one does.
model.prepare(on: digits, batch: 1) { _ in
  for net in all.nets {
    for (weight, start) in zip(net.layers.parameters, all.nets[0].layers.parameters) {
      weight.value = start.value
    }
  }
}

model.train(on: digits, batch: 64, epochs: 20, validation: 0.2) { batch in
  let x = batch.image.flattened(from: 1).cast(to: .f32) / 16
  var losses: [Tensor] = []
  for (run, net) in zip(runs, all.nets) {
    let loss = crossEntropy(net.layers(x), batch.label)
    let before = net.meter.value
    run.optimizer.minimize(loss - net.meter.value, net.parameters)
    net.rate.value = net.meter.value - before
    losses.append(loss)
  }
  var outputs: Outputs = ["loss": stack(losses).mean()]
  for (run, loss) in zip(runs, losses) { outputs.append(run.name, loss) }
  for (run, net) in zip(runs, all.nets) { outputs.append("\(run.name)_rate", net.rate.value) }
  return outputs
}
