// How weights begin decides whether a deep net learns: small numbers, Xavier's and He's in nets of
// eight hidden layers, with tanh and with ReLU.

import GraphKit

let depth = 8
let width = 64

struct Net: Module {
  let layers: [Dense]
  let last = Dense(width, 10)
  let activation: (Tensor) -> Tensor
  /// The deviation of the eighth layer, divided by that of the first, before any step.
  let spread = Parameter.statistic([])

  init(_ initialiser: Initialiser, _ activation: @escaping (Tensor) -> Tensor) {
    layers = (0..<depth).map { _ in
      Dense(width, width, initialiser: initialiser, biasInitialiser: .zeros)
    }
    self.activation = activation
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    var hidden: [Tensor] = []
    for layer in layers { hidden.append(activation(layer(hidden.last ?? x))) }
    let ratio = hidden[depth - 1].standardDeviation() / hidden[0].standardDeviation()
    spread.value = select(model.steps .== 0, ratio, spread.value)
    return last(hidden[depth - 1])
  }
}

let small = Initialiser.normal(deviation: 0.01)
let starts: [(name: String, net: Net)] = [
  ("small_tanh", Net(small) { tanh($0) }),
  ("small_relu", Net(small) { relu($0) }),
  ("xavier_tanh", Net(.xavierNormal()) { tanh($0) }),
  ("xavier_relu", Net(.xavierNormal()) { relu($0) }),
  ("he_relu", Net(.heNormal()) { relu($0) }),
]

struct Nets: Module {
  let nets = starts.map(\.net)
}

let model = Model("initialisation", Nets())
let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8])

model.train(on: digits, batch: 64, epochs: 10, validation: 0.2) { batch in
  let x = batch.image.flattened(from: 1).cast(to: .f32) / 16
  var losses: [Tensor] = []
  var outputs: [(String, Tensor)] = []
  for (name, net) in starts {
    let logits = net(x)
    let loss = crossEntropy(logits, batch.label)
    SGD(rate: 0.02, momentum: 0.9).minimize(loss, net.parameters)
    losses.append(loss)
    outputs.append(("\(name)_accuracy", accuracy(logits, batch.label)))
    outputs.append(("\(name)_spread", net.spread.value))
  }
  var all: Outputs = ["loss": stack(losses).mean()]
  for (name, value) in outputs { all.append(name, value) }
  return all
}
