// One rule, W <- W - rate dL/dW, three ways to take the examples of an epoch: all at once, in
// batches of 15, or one by one. The nets begin alike and see the same 150 irises in the same order.

import GraphKit

struct Nets: Module {
  let whole = Sequential { Dense(4, 16); Tanh(); Dense(16, 3) }
  let mini = Sequential { Dense(4, 16); Tanh(); Dense(16, 3) }
  let single = Sequential { Dense(4, 16); Tanh(); Dense(16, 3) }
}

let nets = Nets()
let model = Model("batches", nets)
let iris = DataSet.csv(
  "../../data/iris/iris.csv",
  fields: [
    "x": .columns("sepal length", "sepal width", "petal length", "petal width"),
    "species": .category(),
  ])

/// An epoch in batches of `size`: a loop in which each step changes the weights.
func learn(_ net: Sequential, _ x: Tensor, _ label: Tensor, size: Int, rate: Double) {
  let batches = [x.reshaped([-1, size, 4]), label.reshaped([-1, size])]
  _ = scan([], over: batches) { step in
    let loss = crossEntropy(net(step.slices[0]), step.slices[1])
    SGD(rate: rate).minimize(loss, net.parameters)
    return ([], [])
  }
}

// A step is an epoch: all examples, in a new order.
model.train(on: iris, batch: 150, epochs: 100) { batch in
  // Both others begin where the first one does.
  for net in [nets.mini, nets.single] {
    for (weight, start) in zip(net.parameters, nets.whole.parameters) {
      weight.value = select(model.steps .== 0, start.value, weight.value)
    }
  }

  let x = (batch.x - Tensor([5.8, 3.1, 3.8, 1.2])) / Tensor([0.8, 0.4, 1.8, 0.8])
  let all = [nets.whole, nets.mini, nets.single]
  for (net, size) in zip(all, [150, 15, 1]) {
    learn(net, x, batch.species, size: size, rate: 0.05)
  }
  let logits = all.map { $0(x) }
  let losses = logits.map { crossEntropy($0, batch.species) }
  let right = logits.map { accuracy($0, batch.species) }
  return [
    "loss": stack(losses).mean(), "whole": losses[0], "mini": losses[1], "single": losses[2],
    "whole_accuracy": right[0], "mini_accuracy": right[1], "single_accuracy": right[2],
  ]
}
