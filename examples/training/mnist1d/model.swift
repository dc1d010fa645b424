// MNIST-1D (Greydanus, 2020): digits as signals of 40 numbers, on which four kinds of nets differ.
// The set and the nets are the author's, so the published numbers should come out.

import GraphKit

let kind = option("kind", "cnn", of: ["logistic", "mlp", "cnn", "gru"])
let isShuffled = option(
  "shuffled", false, help: "exchange the 40 places, by the same permutation in all signals")

/// Two hidden layers; the second one is added to the first.
struct MLP: Layer {
  let linear1 = Dense(40, 100)
  let linear2 = Dense(100, 100)
  let linear3 = Dense(100, 10)

  func callAsFunction(_ x: Tensor) -> Tensor {
    let h = relu(linear1(x))
    return linear3(h + relu(linear2(h)))
  }
}

/// Both directions; the states of all 40 steps go to the classifier.
struct Recurrent: Layer {
  let gru = GRU(1, 6, batchFirst: true, bidirectional: true)
  let linear = Dense(2 * 6 * 40, 10)

  func callAsFunction(_ x: Tensor) -> Tensor {
    linear(gru(x.expanded(at: -1)).flattened(from: 1))
  }
}

let nets: [String: any Layer] = [
  "logistic": Dense(40, 10),
  "mlp": MLP(),
  "cnn": Sequential {
    Unflatten(1, to: [1, 40])
    Conv1D(1, 25, kernel: 5, stride: 2, padding: 1); ReLU()
    Conv1D(25, 25, kernel: 3, stride: 2, padding: 1); ReLU()
    Conv1D(25, 25, kernel: 3, stride: 2, padding: 1); ReLU()
    Flatten()
    Dense(25 * 5, 10)
  },
  "gru": Recurrent(),
]
let net = nets[kind] ?? Identity()

// 17 is prime to 40, so i -> 17 i mod 40 tears neighbours apart.
let places = Constant { isShuffled ? range(40) * 17 % 40 : range(40) }

let model = Model("mnist1d", net)
let signals = DataSet("../../data/mnist1d", fields: ["signal": .f16[40], "label": .u8])

model.train(on: signals, batch: 100, epochs: 150, validation: 0.2) { batch in
  let x = batch.signal.cast(to: .f32).gather(places.value, axis: 1)
  let logits = net(x)
  let loss = crossEntropy(logits, batch.label)
  Adam(rate: 1e-2).minimize(loss, net.parameters)
  return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
}

model.infer(Input("signal", [1, 40])) { x in
  ["digit": net(x.gather(places.value, axis: 1)).argmax()]
}
