// Three nets of 30 hidden layers: a plain one, a residual one (He et al., 2015) and a highway
// (Srivastava et al., 2015). The last two pass their input on, and only they can be trained.

import GraphKit

let depth = 30
let width = 50

/// A net whose layers are joined by `next`, from h and W h + b. The weights of all layers are
/// stacked, so that a loop runs over them.
struct Net: Module {
  let first = Dense(64, width)
  let weight: Parameter
  let bias: Parameter
  let last = Dense(width, 10)
  let next: (Tensor, Tensor) -> Tensor

  init(sums: Int = width, next: @escaping (Tensor, Tensor) -> Tensor) {
    // The bounds are 1 / sqrt(width), as those of `Dense`.
    weight = Parameter([depth, sums, width], initialiser: .uniform(-0.1414...0.1414))
    bias = Parameter([depth, sums])
    self.next = next
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let h = scan([relu(first(x))], over: [weight.value, bias.value]) { step in
      let h = step.carries[0]
      return ([next(h, h.matmul(step.slices[0].transposed()) + step.slices[1])], [])
    }
    return last(h.carries[0])
  }
}

// h <- F(h) = relu(W h + b)
let plain = Net { _, sums in relu(sums) }

// h <- h + F(h)
let residual = Net { h, sums in h + relu(sums) }

// h <- T F(h) + (1 - T) h, where T = sigmoid(V h + c - 2) begins near 0
let highway = Net(sums: 2 * width) { h, sums in
  let gate = sigmoid(sums[.all, width...] - 2)
  return gate * relu(sums[.all, ..<width]) + (1 - gate) * h
}

let model = Model("residual", ["plain": plain, "residual": residual, "highway": highway])
let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8])

model.train(on: digits, batch: 64, epochs: 80, validation: 0.2) { batch in
  let x = batch.image.flattened(from: 1).cast(to: .f32) / 16
  let nets = [plain, residual, highway]
  let logits = nets.map { $0(x) }
  let losses = logits.map { crossEntropy($0, batch.label) }
  for (loss, net) in zip(losses, nets) {
    Adam(rate: 1e-3).minimize(loss, net.parameters)
  }
  let right = logits.map { accuracy($0, batch.label) }
  return [
    "loss": losses[0] + losses[1] + losses[2], "plain_accuracy": right[0],
    "residual_accuracy": right[1], "highway_accuracy": right[2],
  ]
}
