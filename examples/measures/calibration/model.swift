// Calibration (Guo et al., 2017): of all answers that a net gives with 80 % confidence, 80 % should
// be right. Nets that have learned by heart are too sure of themselves; one number, the temperature
// by which scores are divided, puts it right.

import GraphKit

struct Classifier: Module {
  let body = Sequential { Dense(40, 256); ReLU(); Dense(256, 256); ReLU(); Dense(256, 10) }
  let logTemperature = Parameter([])
  /// What the diagrams show: before and after, [2, 3, 10].
  let diagrams = Parameter.statistic([2, 3, 10])

  func callAsFunction(_ x: Tensor) -> Tensor { body(x.cast(to: .f32)) }
}

let net = Classifier()
let model = Model("calibration", net)

// Scores for which torchmetrics knows the errors; nothing is learned.
let scores = DataSet.csv(
  "../../data/scores/scores.csv",
  fields: ["score": .columns("a", "b", "c"), "label": .column(as: .i32)])

model.phase(
  "known", on: scores.held(out: "../../data/scores/scores.csv"), batch: 32, epochs: 1
) { batch in
  [
    "loss": crossEntropy(batch.score, batch.label),
    "known_error": .calibrationError(batch.score, batch.label),
    "known_largest": .largestCalibrationError(batch.score, batch.label),
  ]
}

let signals = DataSet("../../data/mnist1d", fields: ["signal": .f16[40], "label": .u8])

model.phase("learn", on: signals, batch: 100, epochs: 30) { batch in
  let logits = net(batch.signal)
  let loss = crossEntropy(logits, batch.label)
  Adam(rate: 2e-3).minimize(loss, net.body.parameters)
  return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
}

// Half of the signals that the net has not seen are for the temperature, the other half for the
// errors.
let unseen = DataSet(
  "../../data/mnist1d/validation", fields: ["signal": .f16[40], "label": .u8])

model.phase("temperature", on: unseen, batch: 500, epochs: 60, validation: 0.5) { batch in
  let logits = net(batch.signal).stopGradient()
  let scaled = logits / exp(net.logTemperature.value)
  let loss = crossEntropy(scaled, batch.label)
  Adam(rate: 0.05).minimize(loss, [net.logTemperature])
  return [
    "loss": loss, "loss_before": crossEntropy(logits, batch.label),
    "accuracy": accuracy(logits, batch.label),
    "error_before": .calibrationError(logits, batch.label),
    "error": .calibrationError(scaled, batch.label),
    "temperature": exp(net.logTemperature.value),
  ]
}

model.prepare(on: unseen, batch: 1000) { batch in
  let logits = net(batch.signal)
  let after = logits / exp(net.logTemperature.value)
  net.diagrams.value = stack([reliability(logits, batch.label), reliability(after, batch.label)])
}

// Reliability before and after: a bar is the share of right answers in an interval of confidence,
// the line what it should be.
model.every(epochs: 60, "diagram", .image(columns: 2)) {
  let share = net.diagrams.value[.all, 1] / maximum(net.diagrams.value[.all, 0], 1)
  let (x, y) = (range(120).cast(to: .f32) / 120, 1 - range(120).cast(to: .f32) / 120)
  let bar = share.repeatedEach(12).reshaped([2, 1, 120]) .>= y.expanded(at: 1)
  let line = abs(y.expanded(at: 1) - x) .< 0.012
  let edge = (range(120) % 12) .== 0
  let image = select(line, 0, select(bar .&& .!edge, 0.6, 1))
  return ["image": image.expanded(at: 1).padded([(0, 0), (0, 0), (4, 4), (4, 4)], value: 0.9)]
}
