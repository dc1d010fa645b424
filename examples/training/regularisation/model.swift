// Seven ways to learn digits from 100 examples, side by side: nothing against overfitting, L1, L2,
// dropout, batch norm, noise, and pictures that are turned, moved and enlarged.

import GraphKit

/// Two hidden layers, with a layer of one's choice before the first and after each.
struct Net: Module {
  let layers: [Dense]
  let first: any Layer
  let after: [any Layer]

  init(first: any Layer = Identity(), after: () -> any Layer = { Identity() }) {
    layers = [Dense(64, 128), Dense(128, 128), Dense(128, 10)]
    self.first = first
    self.after = [after(), after()]
  }

  func callAsFunction(_ images: Tensor) -> Tensor {
    let x = first(images).flattened(from: 1)
    let h = relu(after[0](layers[0](x)))
    return layers[2](relu(after[1](layers[1](h))))
  }
}

struct Nets: Module {
  let plain = Net()
  let l1 = Net()
  let l2 = Net()
  let dropout = Net { Dropout(0.5) }
  let batchNorm = Net { BatchNorm(128) }
  let noise = Net(first: RandomNoise(0.3))
  let augmented = Net(first: RandomAffine(degrees: 15, shift: 0.12, zoom: 0.9...1.1))
}

let nets = Nets()
let model = Model("regularisation", nets)
let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8])

let rate = 3e-3
let adam = Adam(rate: rate)

// 100 of 1797 are trained on, 1697 held out.
model.train(
  on: digits.stratified(by: "label"), batch: 50, epochs: 200, validation: 0.9443
) { batch in
  let x = batch.image.cast(to: .f32) / 16
  func loss(_ net: Net) -> Tensor { crossEntropy(net(x), batch.label) }

  let plain = loss(nets.plain)
  for net in [nets.plain, nets.dropout, nets.batchNorm, nets.noise, nets.augmented] {
    adam.minimize(loss(net), net.parameters)
  }

  // L2 adds lambda / 2 ||w||^2 to the loss: w <- (1 - rate lambda) w - rate g. With Adam the
  // decay is applied to the weight itself.
  AdamW(rate: rate, weightDecay: 1).minimize(loss(nets.l2), nets.l2.parameters)

  // L1 adds lambda |w|. Its step moves each weight towards 0 by a constant, but not beyond.
  adam.minimize(loss(nets.l1), nets.l1.parameters)
  let weights = nets.l1.layers.map(\.weight)
  for weight in weights { weight.value = softShrink(weight.value, limit: rate * 0.1) }
  let zeros = weights.map { ($0.value .== 0).cast(to: .f32).sum() }
  let count = weights.map { Double($0.shape.count) }.reduce(0, +)

  func right(_ net: Net) -> Tensor { accuracy(net(x), batch.label) }
  return [
    "loss": plain, "plain_accuracy": right(nets.plain),
    "l1_accuracy": right(nets.l1), "l1_zeros": stack(zeros).sum() / count,
    "l2_accuracy": right(nets.l2), "dropout_accuracy": right(nets.dropout),
    "batch_norm_accuracy": right(nets.batchNorm), "noise_accuracy": right(nets.noise),
    "augmented_accuracy": right(nets.augmented),
  ]
}
