// Back-propagation by hand: the five steps of a lecture, written out for a net with one hidden
// layer. It learns to tell three kinds of iris; each slope is compared with that of `gradient`.

import GraphKit

struct Net: Module {
  let w1 = Parameter([8, 4], initialiser: .xavierUniform())
  let b1 = Parameter([8])
  let w2 = Parameter([3, 8], initialiser: .xavierUniform())
  let b2 = Parameter([3])
}

let net = Net()
let iris = DataSet.csv(
  "../../data/iris/iris.csv",
  fields: [
    "x": .columns("sepal length", "sepal width", "petal length", "petal width"),
    "species": .category(),
  ])
let model = Model("backpropagation", net)
let rate = model.setting("rate", 0.5)

model.train(on: iris, batch: 20, epochs: 40, validation: 0.2) { batch in
  // About standard: the mean of each column, and a scale of centimetres.
  let x = (batch.x - Tensor([5.8, 3.1, 3.8, 1.2])) / Tensor([0.8, 0.4, 1.8, 0.8])
  let n = Double(batch.x.shape[0])

  // 1. Forward: each layer keeps its input and its output.
  let a1 = x.matmul(net.w1.value.transposed()) + net.b1.value
  let h = sigmoid(a1)
  let a2 = h.matmul(net.w2.value.transposed()) + net.b2.value
  let y = softmax(a2)

  // 2. The loss: cross entropy with targets t of 0 and 1.
  let t = batch.species.oneHot(3).cast(to: .f32)
  let loss = -(t * logSoftmax(a2)).sum() / n

  // 3. The error of the last layer: softmax and cross entropy leave y - t.
  let d2 = (y - t) / n

  // 4. Backwards through the weights, times the slope of the sigmoid, h (1 - h).
  let d1 = d2.matmul(net.w2.value) * h * (1 - h)

  // 5. The slope of a weight is the error behind it times the input before it.
  let slopes = [
    d1.transposed().matmul(x), d1.sum(axis: 0), d2.transposed().matmul(h), d2.sum(axis: 0),
  ]

  let automatic = gradient(of: loss, by: net.parameters.map(\.value))
  let differences = zip(slopes, automatic).map { abs($0 - $1).max() }
  for (parameter, slope) in zip(net.parameters, slopes) {
    parameter.value -= slope * rate.value
  }
  return [
    "loss": loss, "accuracy": accuracy(y, batch.species),
    "difference": differences.dropFirst().reduce(differences[0], maximum),
  ]
}
