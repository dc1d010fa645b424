// What a loss asks for: one number is fitted to 442, without any input. The squared error wants
// their mean, the absolute error their median, cross entropy the shares of classes.

import GraphKit

struct Numbers: Module {
  let squared = Parameter([])
  let absolute = Parameter([])
  let huber = Parameter([])
  let upper = Parameter([])
  let binary = Parameter([])
  let classes = Parameter([3])
}

let net = Numbers()
let model = Model("losses", net)

// How far the disease of a patient went on in a year, from 25 to 346, and the growers of wines.
let diabetes = DataSet.csv("../../data/diabetes/diabetes.csv", fields: ["progression": .column()])
let wine = DataSet.csv("../../data/wine/wine.csv", fields: ["grower": .category()])

// All examples of both sets in each step.
model.train(
  on: diabetes, with: wine.named("wine").batches(of: 178), batch: 442, epochs: 2000
) { patients, wines in
  let y = patients.progression
  let label = wines.grower
  let isFirst = (label .== 0).cast(to: .f32)
  let answer = { (number: Parameter) in number.value.broadcast(to: y.shape) }
  let losses = [
    // mean of (y - a)^2
    mse(answer(net.squared), y),
    // mean of |y - a|
    mae(answer(net.absolute), y),
    // squared up to a difference of 20, absolute beyond
    huber(answer(net.huber), y, delta: 20),
    // too low costs nine times as much as too high: nine tenths of the patients are below
    maximum(0.9 * (y - net.upper.value), 0.1 * (net.upper.value - y)).mean(),
  ]
  let numbers = [net.squared, net.absolute, net.huber, net.upper]
  let large = Adam(rate: .polynomial(from: 1, steps: 2000))
  for (loss, number) in zip(losses, numbers) { large.minimize(loss, [number]) }

  // -mean of t log p + (1 - t) log (1 - p), where p = sigmoid(a)
  let binary = binaryCrossEntropy(logits: net.binary.value.broadcast(to: [178]), isFirst)
  // -mean of log p_t, where p = softmax(a)
  let cross = crossEntropy(net.classes.value.broadcast(to: [178, 3]), label)
  let small = Adam(rate: .polynomial(from: 0.02, steps: 2000))
  small.minimize(binary + cross, [net.binary, net.classes])

  return [
    "loss": losses[0] + losses[1] + losses[2] + losses[3] + binary + cross,
    "mean": net.squared.value, "median": net.absolute.value, "huber": net.huber.value,
    "ninth_tenth": net.upper.value, "first_grower": sigmoid(net.binary.value),
    "third_grower": softmax(net.classes.value)[2],
  ]
}
