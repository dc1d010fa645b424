// Two spirals (Lang and Witbrock, 1988): 194 points on two arms that wind three times around each
// other, told apart by a net of 2-5-5-5-1 sigmoid units in which each layer also sees all before
// it.

import GraphKit

/// 138 weights, as in the paper.
struct Net: Module {
  let layers = [Dense(2, 5), Dense(7, 5), Dense(12, 5), Dense(17, 1)]

  func callAsFunction(_ x: Tensor) -> Tensor {
    var all = x
    for layer in layers[..<3] { all = concatenate([all, tanh(layer(all))], axis: 1) }
    return layers[3](all)
  }
}

let net = Net()
let model = Model("two_spirals", net)

/// Points, [194, 2], and labels, [194]: radius 6.5 to 0.5 in 97 steps of pi / 16.
func spirals() -> (Tensor, Tensor) {
  let i = range(97).cast(to: .f32)
  let (angle, radius) = (i * (Double.pi / 16), 6.5 * (104 - i) / 104)
  let arm = stack([radius * sin(angle), radius * cos(angle)], axis: 1)
  return (concatenate([arm, -arm]), concatenate([ones([97]), zeros([97])]))
}

model.train(epochs: 40, steps: 250) {
  let (x, y) = spirals()
  let logits = net(x).squeezed(1)
  let loss = binaryCrossEntropy(logits: logits, y)
  Adam(rate: .cosine(from: 0.02)).minimize(loss, net.parameters)
  return ["loss": loss, "accuracy": binaryAccuracy(logits: logits, y)]
}

// What the net answers in the plane from -7 to 7.
model.every(epochs: 40, "plane", .image()) {
  let line = range(161).cast(to: .f32) / 160 * 14 - 7
  let plane = stack(meshgrid([line, line]).reversed(), axis: 2).reshaped([-1, 2])
  let (x, y) = spirals()
  let near = distances(plane, x)
  let dot = near.min(axis: 1) .< 0.12
  let answer = 0.2 + 0.6 * sigmoid(net(plane)).squeezed(1)
  return ["image": select(dot, y[near.argmin(axis: 1)], answer).reshaped([1, 1, 161, 161])]
}
